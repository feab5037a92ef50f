;; Says what it offers and offers nothing that could be called.
(component
  (core module $code
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (unreachable))
    (func (export "describe") (result i32) (i32.const 8))
    (data (i32.const 8) "\10\00\00\00\02\00\00\00{}"))
  (core instance $code (instantiate $code))
  (func $describe (result string)
    (canon lift (core func $code "describe") (memory $code "memory") (realloc (func $code "realloc"))))
  (instance $described (export "describe" (func $describe)))
  (export "stagewright:plugin/describe@0.1.0" (instance $described)))
