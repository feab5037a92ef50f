;; The types of HTTP, as the contract has them.
(import "stagewright:channel/http@0.1.0" (instance $http-types
  (type $header0 (record (field "name" string) (field "value" string)))
  (export "header" (type $header1 (eq $header0)))
  (type $request0 (record
    (field "method" string) (field "url" string) (field "headers" (list $header1)) (field "body" (list u8))))
  (export "request" (type (eq $request0)))
  (type $response0 (record (field "status" u16) (field "headers" (list $header1)) (field "body" (list u8))))
  (export "response" (type (eq $response0)))
))
(alias export $http-types "request" (type $request))
(alias export $http-types "response" (type $response))
