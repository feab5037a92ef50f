;; The frame around every robot here: a component that has the contract's types, imports and exports, so that a guest is only a
;; core module of a few lines. That module takes the place of "guest" in braces; it is called `$guest`, imports what it needs from
;; "host" and "libc", and exports `run`, which answers the address of a `result<outcome, failure>`. The place of "describe" in braces
;; says whose `describe` is exported: "libc" or "guest". The comments "import", "lower" and "export" in braces are the places of one more
;; function of the host's that a test wants called.
(component
  (import "stagewright:types/types@0.1.0" (instance $types
    (type $record-ref0 (record (field "kind" string) (field "id" string)))
    (export "record-ref" (type (eq $record-ref0)))
    (type $host-error0 (record
      (field "code" string) (field "message" string) (field "subject" (option string)) (field "retryable" bool)))
    (export "host-error" (type (eq $host-error0)))
  ))
  (alias export $types "record-ref" (type $record-ref))
  (alias export $types "host-error" (type $host-error))

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

  (import "stagewright:log/log@0.1.0" (instance $log
    (export "write" (func (param "level" string) (param "message" string)))
  ))
  (import "stagewright:clock/clock@0.1.0" (instance $clock
    (export "now" (func (result string)))
    (export "random-u64" (func (result u64)))
  ))
  (import "stagewright:records/read@0.1.0" (instance $read
    (alias outer 1 $record-ref (type $record-ref0))
    (export "record-ref" (type $record-ref1 (eq $record-ref0)))
    (alias outer 1 $host-error (type $host-error0))
    (export "host-error" (type $host-error1 (eq $host-error0)))
    (export "get" (func (param "target" (option $record-ref1)) (result (result string (error $host-error1)))))
  ))
  (import "stagewright:records/observe@0.1.0" (instance $observe
    (alias outer 1 $record-ref (type $record-ref0))
    (export "record-ref" (type $record-ref1 (eq $record-ref0)))
    (alias outer 1 $host-error (type $host-error0))
    (export "host-error" (type $host-error1 (eq $host-error0)))
    (export "add-observers" (func
      (param "target" (option $record-ref1)) (param "users" (list string))
      (result (result (list string) (error $host-error1)))))
  ))
  ;; {{import}}

  ;; Memory, a heap that only grows, and the answers that guests give. Below 4096 is the guest's own data; the answer of `run` is at
  ;; 4096, that of `describe` at 4160.
  (core module $libc
    (memory (export "memory") 2)
    (global $heap (mut i32) (i32.const 8192))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (local $at i32)
      (local.set $at (i32.and (i32.add (global.get $heap) (i32.const 7)) (i32.const -8)))
      (global.set $heap (i32.add (local.get $at) (local.get 3)))
      (local.get $at))
    ;; ok(done(text))
    (func (export "done") (param $text i32) (param $length i32) (result i32)
      (i32.store (i32.const 4096) (i32.const 0))
      (i32.store (i32.const 4100) (i32.const 0))
      (i32.store (i32.const 4104) (local.get $text))
      (i32.store (i32.const 4108) (local.get $length))
      (i32.const 4096))
    ;; ok(done("{}"))
    (func (export "nothing") (result i32)
      (i32.store (i32.const 4096) (i32.const 0))
      (i32.store (i32.const 4100) (i32.const 0))
      (i32.store (i32.const 4104) (i32.const 4176))
      (i32.store (i32.const 4108) (i32.const 2))
      (i32.const 4096))
    ;; err(failure { code: text, message: text, setting: none, retryable: true, retry-after-seconds: some(7) })
    (func $failed (export "failed") (param $text i32) (param $length i32) (result i32)
      (i32.store (i32.const 4096) (i32.const 1))
      (i32.store (i32.const 4100) (local.get $text))
      (i32.store (i32.const 4104) (local.get $length))
      (i32.store (i32.const 4108) (local.get $text))
      (i32.store (i32.const 4112) (local.get $length))
      (i32.store (i32.const 4116) (i32.const 0))
      (i32.store (i32.const 4128) (i32.const 1))
      (i32.store (i32.const 4132) (i32.const 1))
      (i32.store (i32.const 4136) (i32.const 7))
      (i32.const 4096))
    ;; the same with a code of its own
    (func (export "refused") (param $code i32) (param $code-length i32) (param $text i32) (param $length i32) (result i32)
      (drop (call $failed (local.get $text) (local.get $length)))
      (i32.store (i32.const 4100) (local.get $code))
      (i32.store (i32.const 4104) (local.get $code-length))
      (i32.const 4096))
    ;; ok(fire), whatever the event
    (func (export "evaluate") (param i32) (result i32)
      (i32.store (i32.const 4096) (i32.const 0))
      (i32.store (i32.const 4100) (i32.const 0))
      (i32.const 4096))
    (func (export "describe") (result i32)
      (i32.store (i32.const 4160) (i32.const 4178))
      (i32.store (i32.const 4164) (i32.const 13))
      (i32.const 4160))
    (data (i32.const 4176) "{}{\22robots\22:[]}")
  )
  (core instance $libc (instantiate $libc))
  (core func $log-write (canon lower (func $log "write") (memory $libc "memory")))
  (core func $now (canon lower (func $clock "now") (memory $libc "memory") (realloc (func $libc "realloc"))))
  (core func $random (canon lower (func $clock "random-u64")))
  (core func $get (canon lower (func $read "get") (memory $libc "memory") (realloc (func $libc "realloc"))))
  (core func $add-observers
    (canon lower (func $observe "add-observers") (memory $libc "memory") (realloc (func $libc "realloc"))))
  ;; {{lower}}

  {{guest}}

  (core instance $guest (instantiate $guest
    (with "libc" (instance $libc))
    (with "host" (instance
      (export "log-write" (func $log-write))
      (export "now" (func $now))
      (export "random-u64" (func $random))
      (export "get" (func $get))
      (export "add-observers" (func $add-observers))
      ;; {{export}}
    ))
  ))

  (type $outcome0 (variant (case "done" string) (case "skipped" string)))
  (type $verdict0 (variant (case "fire") (case "ignore" string)))
  (func $describe (result string)
    (canon lift (core func ${{describe}} "describe") (memory $libc "memory") (realloc (func $libc "realloc"))))
  (func $run (param "context" $context) (result (result $outcome0 (error $failure)))
    (canon lift (core func $guest "run") (memory $libc "memory") (realloc (func $libc "realloc"))))
  (func $evaluate (param "context" $context) (param "event" string) (result (result $verdict0 (error $failure)))
    (canon lift (core func $libc "evaluate") (memory $libc "memory") (realloc (func $libc "realloc"))))

  ;; What an export's types are called must be exported beside it, which takes a component of its own.
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
    (type $outcome0 (variant (case "done" string) (case "skipped" string)))
    (import "outcome" (type $outcome (eq $outcome0)))
    (type $verdict0 (variant (case "fire") (case "ignore" string)))
    (import "verdict" (type $verdict (eq $verdict0)))
    (import "run" (func $run (param "context" $context) (result (result $outcome (error $failure)))))
    (import "evaluate"
      (func $evaluate (param "context" $context) (param "event" string) (result (result $verdict (error $failure)))))

    (export $context1 "context" (type $context))
    (export $failure1 "failure" (type $failure))
    (export $outcome1 "outcome" (type $outcome0))
    (export $verdict1 "verdict" (type $verdict0))
    (export "run" (func $run) (func (param "context" $context1) (result (result $outcome1 (error $failure1)))))
    (export "evaluate" (func $evaluate)
      (func (param "context" $context1) (param "event" string) (result (result $verdict1 (error $failure1)))))
  )
  (instance $exported (instantiate $exporter
    (with "record-ref" (type $record-ref))
    (with "context" (type $context))
    (with "failure" (type $failure))
    (with "outcome" (type $outcome0))
    (with "verdict" (type $verdict0))
    (with "run" (func $run))
    (with "evaluate" (func $evaluate))
  ))
  (export "stagewright:plugin/robot@0.1.0" (instance $exported))
  (export "stagewright:plugin/trigger@0.1.0" (instance $exported))

  (instance $described (export "describe" (func $describe)))
  (export "stagewright:plugin/describe@0.1.0" (instance $described))
)
