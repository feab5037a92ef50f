;; Has a table of {{first}} elements and lets it grow by {{more}}.
(core module $guest
  (import "libc" "nothing" (func $nothing (result i32)))
  (table $table {{first}} funcref)
  (func (export "run") (param i32) (result i32)
    (if (i32.eq (table.grow $table (ref.null func) (i32.const {{more}})) (i32.const -1)) (then (unreachable)))
    (call $nothing)))
