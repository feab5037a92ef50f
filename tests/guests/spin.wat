;; Goes round {{rounds}} times: much work and no call of the host.
(core module $guest
  (import "libc" "nothing" (func $nothing (result i32)))
  (func (export "run") (param i32) (result i32)
    (local $left i64)
    (local.set $left (i64.const {{rounds}}))
    (loop $again
      (local.set $left (i64.sub (local.get $left) (i64.const 1)))
      (br_if $again (i64.ne (local.get $left) (i64.const 0))))
    (call $nothing)))
