;; A trigger and nothing else, which imports no function. It describes itself as `{{text}}`, and `{{evaluate}}` is what it does about
;; every event: `unreachable`, or `nop` to fire.
(component
  (import "stagewright:types/types@0.1.0" (instance $types
    (type $record-ref0 (record (field "kind" string) (field "id" string)))
    (export "record-ref" (type (eq $record-ref0)))
  ))
  (alias export $types "record-ref" (type $record-ref))
  (import "stagewright:plugin/call@0.1.0" (instance $call
    (alias outer 1 $record-ref (type $record-ref0))
    (export "record-ref" (type $record-ref1 (eq $record-ref0)))
    (type $context0 (record
      (field "step-id" string) (field "attempt" u32) (field "offer" string) (field "target" (option $record-ref1))
      (field "settings" string) (field "now" string) (field "time-zone" string) (field "language" string) (field "more" string)))
    (export "context" (type (eq $context0)))
    (type $failure0 (record
      (field "code" string) (field "message" string) (field "setting" (option string)) (field "retryable" bool)
      (field "retry-after-seconds" (option u32))))
    (export "failure" (type (eq $failure0)))
  ))
  (alias export $call "context" (type $context))
  (alias export $call "failure" (type $failure))

  (core module $guest
    (memory (export "memory") 2)
    (global $heap (mut i32) (i32.const 8192))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (local $at i32)
      (local.set $at (i32.and (i32.add (global.get $heap) (i32.const 7)) (i32.const -8)))
      (global.set $heap (i32.add (local.get $at) (local.get 3)))
      (local.get $at))
    ;; ok(fire), which is all zeros
    (func (export "evaluate") (param i32) (result i32) {{evaluate}} (i32.const 4096))
    (func (export "describe") (result i32)
      (i32.store (i32.const 8) (i32.const 16))
      (i32.store (i32.const 12) (i32.const {{length}}))
      (i32.const 8))
    (data (i32.const 16) "{{text}}"))
  (core instance $guest (instantiate $guest))

  (type $verdict0 (variant (case "fire") (case "ignore" string)))
  (func $describe (result string)
    (canon lift (core func $guest "describe") (memory $guest "memory") (realloc (func $guest "realloc"))))
  (func $evaluate (param "context" $context) (param "event" string) (result (result $verdict0 (error $failure)))
    (canon lift (core func $guest "evaluate") (memory $guest "memory") (realloc (func $guest "realloc"))))

  (component $exporter
    (type $record-ref0 (record (field "kind" string) (field "id" string)))
    (import "record-ref" (type $record-ref (eq $record-ref0)))
    (type $context0 (record
      (field "step-id" string) (field "attempt" u32) (field "offer" string) (field "target" (option $record-ref))
      (field "settings" string) (field "now" string) (field "time-zone" string) (field "language" string) (field "more" string)))
    (import "context" (type $context (eq $context0)))
    (type $failure0 (record
      (field "code" string) (field "message" string) (field "setting" (option string)) (field "retryable" bool)
      (field "retry-after-seconds" (option u32))))
    (import "failure" (type $failure (eq $failure0)))
    (type $verdict0 (variant (case "fire") (case "ignore" string)))
    (import "verdict" (type $verdict (eq $verdict0)))
    (import "evaluate"
      (func $evaluate (param "context" $context) (param "event" string) (result (result $verdict (error $failure)))))
    (export $context1 "context" (type $context))
    (export $failure1 "failure" (type $failure))
    (export $verdict1 "verdict" (type $verdict0))
    (export "evaluate" (func $evaluate)
      (func (param "context" $context1) (param "event" string) (result (result $verdict1 (error $failure1)))))
  )
  (instance $exported (instantiate $exporter
    (with "record-ref" (type $record-ref))
    (with "context" (type $context))
    (with "failure" (type $failure))
    (with "verdict" (type $verdict0))
    (with "evaluate" (func $evaluate))
  ))
  (export "stagewright:plugin/trigger@0.1.0" (instance $exported))

  (instance $described (export "describe" (func $describe)))
  (export "stagewright:plugin/describe@0.1.0" (instance $described))
)
