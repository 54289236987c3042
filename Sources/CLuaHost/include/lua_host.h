#ifndef VMOON_LUA_HOST_H
#define VMOON_LUA_HOST_H
// Lua behind an opaque handle. A Lua error is a longjmp, and a longjmp over a Swift frame skips its
// releases; therefore this header has no Lua type and no Lua function, everything that can raise runs in
// C under a protected call, and the functions that C calls back are leaves: they call no Lua.
//
// Ownership: the host owns everything it passes in; `owner` of a call is retained by
// `call_made` and released by `call_freed`.

#include "values.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct vm_lua vm_lua;

/// One call from Lua into the host, from its arguments to its verdict. Calls are pooled.
typedef struct vm_lua_call {
    vm_values arguments; ///< filled by C before `callbacks.call`
    vm_values result;    ///< filled by the host: results one after another, or the one error
    void *owner;         ///< the result of `callbacks.call_made`
    uint32_t step;       ///< the number that vm_lua_set_step gave to its task, or 0
    bool inherits_step;  ///< that was given to the task that started it, or to one further up
    bool is_beside_step; ///< the coroutine in which that was given is suspended: this call is not part of it
    size_t kept;         ///< bytes that the host keeps for the script from now on, about: when to measure depends on it
} vm_lua_call;

// The addresses of a call's buffers: Swift has no stable address for a member behind a pointer.
static inline vm_values *vm_lua_arguments_of(vm_lua_call *call) { return &call->arguments; }
static inline vm_values *vm_lua_result_of(vm_lua_call *call) { return &call->result; }

typedef enum vm_lua_verdict {
    VM_LUA_RETURN = 0, ///< `result` has the values that the function returns
    VM_LUA_RAISE = 1,  ///< `result` has one VM_ERROR: the error to raise
    VM_LUA_WAIT = 2    ///< the host will call vm_lua_complete later
} vm_lua_verdict;

/// Functions of the host. Each is a leaf: it must not call vm_lua_run_… or
/// any other function of this header except vm_lua_complete.
typedef struct vm_lua_callbacks {
    void *context;
    /// A call was allocated; returns its `owner`.
    void *(*call_made)(void *context, vm_lua_call *call);
    void (*call_freed)(void *owner);
    /// Lua called the function that was defined with this number.
    vm_lua_verdict (*call)(void *context, int function, vm_lua_call *call);
    /// Waits until a call was completed, or the wake descriptor was written to; if `block` is
    /// false it only checks.
    void (*wait)(void *context, bool block);
    /// The verdict of this waiting call is not wanted any more: it was cancelled. The host
    /// completes it soon, unless it changes something: then when its outcome is known, and that verdict counts.
    void (*abandon)(void *context, vm_lua_call *call);
    /// A property of a host object is read; `call->result` gets it (nil if there is none).
    void (*property)(
        void *context, uint32_t kind, uint64_t identifier, const char *name, size_t length,
        vm_lua_call *call);
    /// The last Lua reference to a host object is gone.
    void (*release)(void *context, uint32_t kind, uint64_t identifier);
    /// The run has interrupted itself: by `os.exit`, or because the reader of its output has gone. It has to end.
    void (*interrupted)(void *context, int reason);
    /// The main chunk has called `os.exit`, and the Lua side is closed: ends the process with this status.
    void (*exit)(void *context, int status);
} vm_lua_callbacks;

/// "Lua 5.4.4"
const char *vm_lua_version(void);
/// Makes an interpreter with the standard libraries. `use_environment`: whether LUA_PATH_5_4 and similar
/// variables are obeyed (not with -E). NULL when out of memory.
vm_lua *vm_lua_new(const vm_lua_callbacks *callbacks, bool use_environment);
/// Lets it collect garbage, or not: while the host defines its functions there is none.
void vm_lua_collect(vm_lua *lua, bool may_collect);
/// Closes the state (finalizers run and may call the host) and frees everything.
void vm_lua_free(vm_lua *lua);
/// Closes only the state: finalizers run and may call the host. Afterwards only vm_lua_free may be called.
void vm_lua_close(vm_lua *lua);

// Memory.
/// The most bytes Lua may use; 0 for no limit. Beyond it scripts get "not enough memory".
void vm_lua_set_memory_limit(vm_lua *lua, size_t bytes);
/// From now on everything that the process allocates counts against the limit, beside what a run needs for
/// itself. To be called after the limit was set; not where a process has several interpreters with limits.
void vm_lua_count_process(vm_lua *lua);
size_t vm_lua_memory_used(const vm_lua *lua);
/// For tests: the n-th allocation from now fails, and every later one if `forever`; 0 switches it off.
void vm_lua_fail_allocation(vm_lua *lua, long n, bool forever);
/// For tests: the number of values on the main stack between runs; 0 if pushes and pops are balanced.
int vm_lua_stack_height(const vm_lua *lua);

// Definitions. False when out of memory.
typedef enum vm_lua_arguments {
    VM_LUA_STRICT = 0, ///< an argument that cannot be copied is an error that names its path
    VM_LUA_LENIENT = 1, ///< an object of a kind below stands for it
    VM_LUA_SHOWN = 2 ///< lenient; and values with __tostring or __name are asked for their texts first
} vm_lua_arguments;

// How deep tables may be nested in a value, as for JSON.
#define VM_LUA_DEPTH 64

// Kinds of the objects in arguments that stand for Lua values and are none of the host's own. Macros, because an
// enumeration's constants are signed.
// The name of a function or userdata for which a stand-in was put, by its address: "rep" or "f at
// init.lua:3"; "file (0x…)" as Lua says it. NULL where nothing more is known. The text lives until more is copied.
const char *vm_lua_note(const vm_lua *lua, uint64_t address);
#define VM_LUA_HOST_FUNCTION 0xFFFFFFFFu ///< one of our functions; the identifier is its number
#define VM_LUA_CYCLE 0xFFFFFFFEu         ///< a table inside itself; here and below: the address
#define VM_LUA_TOO_DEEP 0xFFFFFFFDu      ///< a table below VM_LUA_DEPTH others
#define VM_LUA_FUNCTION 0xFFFFFFFCu      ///< any other function
#define VM_LUA_COROUTINE 0xFFFFFFFBu
#define VM_LUA_USERDATA 0xFFFFFFFAu      ///< a userdata of another library
#define VM_LUA_TASK 0xFFFFFFF9u          ///< a task; the identifier is a vm_lua_task_state
#define VM_LUA_TEXT 0xFFFFFFF8u          ///< a value that has given its text; here and below: the text's number
#define VM_LUA_NAMED 0xFFFFFFF7u         ///< in an array of two, before a table: the table's name

/// A text that a shown value gave of itself; NULL for no number of one. It lives until more is shown.
const char *vm_lua_text(const vm_lua *lua, uint64_t number, size_t *length);

typedef enum vm_lua_task_state {
    VM_LUA_TASK_READY = 0,
    VM_LUA_TASK_RUNNING,
    VM_LUA_TASK_WAITING,
    VM_LUA_TASK_DONE,
    VM_LUA_TASK_FAILED,
    VM_LUA_TASK_COLLECTED
} vm_lua_task_state;

/// Defines a host function as `path`: a global ("session"), a field of a global table
/// ("json.encode"), or, if `kind` is not 0, a method of that kind of host object.
bool vm_lua_define_function(
    vm_lua *lua, uint32_t kind, const char *path, int function, vm_lua_arguments arguments);
/// Names a kind of host object; `close` is the number of the function that `<close>` calls, `call` of the one that is
/// called when an object is, or -1.
bool vm_lua_define_kind(vm_lua *lua, uint32_t kind, const char *name, int close, int call);
/// Sets a global, or a field of a global table, to a copy of a value.
bool vm_lua_define_value(vm_lua *lua, const char *path, const vm_values *values, size_t at);
/// Runs the part of the host that is written in Lua. The chunk gets `spawn`, the constructor of semaphores
/// (`s:acquire()`, `s:release()`), the default limit of tasks, the metatable of errors, a function that
/// compiles `rest` when it is first needed (most runs never need it, and it takes longest to compile), three functions
/// of trace.c, and one that raises if the task has to stop.
bool vm_lua_run_prelude(
    vm_lua *lua, const char *text, size_t length, const char *rest, size_t rest_length, int limit);
/// Keeps a copy of the globals as they are, for the parts of the host that are written in Lua, and takes the table of
/// host functions of this name away from scripts. Its function `part` gives the text of a part.
bool vm_lua_open_parts(vm_lua *lua, const char *host);
/// Defines a function that is written in Lua: a global, a field of a global table, or of a kind of host object a method
/// or a field that is found out. `key` is its name in the table that its part returns.
bool vm_lua_define_in_part(
    vm_lua *lua, uint32_t kind, bool is_field, const char *path, const char *part, const char *key);
/// Makes the existing globals of these names, with spaces between them, available to `require` as one module; in the
/// sandbox too.
bool vm_lua_define_module(vm_lua *lua, const char *name, const char *globals);
/// Sets `arg` as lua(1) does: words[script] is arg[0], later words 1, 2 …, earlier ones -1, -2 …
bool vm_lua_set_arguments(vm_lua *lua, const char *const *words, int count, int script);
/// Takes every relative entry out of Lua's own part of package.path and package.cpath, and puts these folders in
/// front of package.path.
bool vm_lua_set_package_path(vm_lua *lua, const char *const *folders, int count);

/// Removes everything that an untrusted script must not have; to be called before the host's functions
/// are defined. `require` finds only text files in `folder` (NULL: none).
bool vm_lua_sandbox(vm_lua *lua, const char *folder);

/// Makes `io.popen` give a file of the text that the host's function under that name returns. False when out of
/// memory.
bool vm_lua_replace_popen(vm_lua *lua);

// Running. One protected call each; tasks that the script started go on inside.
typedef enum vm_lua_status {
    VM_LUA_OK = 0,
    VM_LUA_FAILED = 1,    ///< an uncaught error
    VM_LUA_SYNTAX = 2,    ///< the source does not compile
    VM_LUA_NO_MEMORY = 3, ///< out of memory
    VM_LUA_NO_FILE = 4,   ///< the file cannot be read
    VM_LUA_INCOMPLETE = 5 ///< a syntax error at the very end: more text may complete it
} vm_lua_status;

/// Compiles and runs text. On failure `error` gets one record: `message` (a line), `position`
/// ("file:line", may be absent), `traceback` (may be absent), `value` (the host's error record, only
/// if the host raised it).
vm_lua_status vm_lua_run_text(
    vm_lua *lua, const char *text, size_t length, const char *chunk_name, vm_values *error);
/// Compiles text without running it; on failure `error` has the reason.
vm_lua_status vm_lua_compile_text(
    vm_lua *lua, const char *text, size_t length, const char *chunk_name, vm_values *error);
/// Compiles a file (NULL: standard input) and runs it with arg[1], arg[2] … as its arguments.
vm_lua_status vm_lua_run_file(vm_lua *lua, const char *path, vm_values *error);
/// Compiles and runs text, and copies its results into `results`.
vm_lua_status vm_lua_evaluate(
    vm_lua *lua, const char *text, size_t length, const char *chunk_name, vm_values *results,
    vm_values *error);
/// Runs `global = require "module"`.
vm_lua_status vm_lua_require(
    vm_lua *lua, const char *global, const char *module, vm_values *error);
/// Waits for the tasks that are still running; with `cancel` they are cancelled first.
vm_lua_status vm_lua_finish_tasks(vm_lua *lua, bool cancel, vm_values *error);

/// Gives a number to what the task that runs now is at, for its further calls and those of the tasks that it starts;
/// 0 when that has ended. Callable only from `callbacks.call`.
void vm_lua_set_step(vm_lua *lua, uint32_t step);

/// Completes a waiting call; its result is filled. `stands`: the verdict counts, even if the call was
/// abandoned meanwhile. Callable only from the callbacks.
void vm_lua_complete(vm_lua_call *call, vm_lua_verdict verdict, bool stands);

// Warnings and standard output.
void vm_lua_set_warnings(vm_lua *lua, bool on);
/// Whether `print` escapes terminal controls (it does if stdout is a terminal).
void vm_lua_set_print_escapes(vm_lua *lua, bool on);
/// Passes printed lines to this function, each with its newline; NULL prints to C's stdout. It must not run Lua.
void vm_lua_set_print(
    vm_lua *lua, void (*print)(void *context, const char *text, size_t length), void *context);
/// Writes to C's stdout, as `print` does by default.
void vm_lua_put(const char *text, size_t length);
/// Writes text where `print` writes, in order with it. Callable from the callbacks. If the reader has
/// gone the run is cancelled, as with `print`.
void vm_lua_write(vm_lua *lua, const char *text, size_t length);
/// Flushes C's stdout; false if any output could not be written.
bool vm_lua_flush_output(void);
/// The errno of that failure; 0 if there was none.
int vm_lua_output_error(void);

// Interrupting.
/// A descriptor that an interrupt writes 8 bytes to, so that `wait` ends; -1 for none.
void vm_lua_set_wake(vm_lua *lua, int descriptor);
/// Cancels every task for this reason: a signal's number, or a number of the host below 0. The argument is a
/// vm_lua *. False if it has no effect: a SIGPIPE inside a call of the host, or if the run
/// is already being stopped. Async-signal-safe, in the thread that runs the interpreter.
bool vm_lua_interrupt_from_handler(void *lua, int reason);
/// From now on every line of Lua raises: cleaning up has taken too long. Async-signal-safe likewise.
void vm_lua_force_stop(void *lua);
/// Cancels every task, and calls `callbacks.interrupted` if this is the first interrupt.
void vm_lua_interrupt(vm_lua *lua, int reason);
/// The reason of the first interrupt, or 0.
int vm_lua_interrupted(const vm_lua *lua);
/// The reason for an interrupt by the deadline.
#define VM_LUA_DEADLINE (-1)
/// The reason for an interrupt by `os.exit`.
#define VM_LUA_EXIT (-2)
/// The reason for an interrupt after the step that the run was to reach.
#define VM_LUA_REACHED (-3)
/// The reason for an interrupt after another run has taken the lock of this one.
#define VM_LUA_LOST (-4)
/// Whether the time to clean up is over: waiting calls are to be abandoned.
bool vm_lua_is_forced(const vm_lua *lua);
/// Whether a task called `os.exit`: then the run is to end with this status.
bool vm_lua_has_left(const vm_lua *lua, int *status);
/// Forgets an interrupt that was handled (the prompt continues after Ctrl-C).
void vm_lua_clear_interrupt(vm_lua *lua);

#endif
