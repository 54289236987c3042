// Declarations shared by the files of this target. Not public: this header shows lua.h.
#ifndef VMOON_HOST_H
#define VMOON_HOST_H

#include "lua_host.h"

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <signal.h>
#include <sys/types.h>

typedef struct task task;
typedef struct call call;

// One call from Lua into the host. `shared` is first, so that a vm_lua_call * is a call *.
struct call {
    vm_lua_call shared;
    vm_lua *host;
    call *next_all;
    task *waiter;       // the task that sleeps until it is done; NULL while a drive waits for it
    call *next;         // next call that waits for the same task or semaphore, or that is free
    call **list;        // that list; NULL when it waits for the host
    vm_lua_verdict verdict;
    bool is_done;
    bool is_abandoned;
    bool stands; // see vm_lua_complete
};

// The script's handle of a host object: a full userdata.
typedef struct object {
    uint32_t kind;
    uint64_t identifier;
    bool is_released;
} object;

// Thousands of tasks may wait, so the fields are small.
enum { TASK_READY, TASK_RUNNING, TASK_WAITING, TASK_DONE };
typedef uint8_t task_state;

// A coroutine of the scheduler, or the main chunk (which runs on the main Lua thread).
struct task {
    vm_lua *host;
    lua_State *co;      // anchored by the handle, which the registry's table of tasks anchors until it is done
    task *next_ready;
    task *previous, *next; // all tasks that are not done
    call *waits_for;
    call *joiners;
    task *region;       // the task whose unyieldable callback started it, or NULL
    unsigned references; // handle, being scheduled, tasks that have it as region
    unsigned failure;    // its number among the failures, from 1
    uint8_t answered;    // the urgency of its last answer to an interrupt, see interrupt.c
    bool is_cancelled;   // it was cancelled on its own
    bool is_late;        // it was started for clean-up while the run was being stopped: that stop does not apply to it
    bool is_deferred;    // the verdict of a change came while it was stopped: it may handle that before it raises
    uint8_t slices;      // how much longer it may: see vm_defer_interrupt
    uint32_t step;       // the number that the host has given to what it is at, or 0
    lua_State *step_co;  // the coroutine in which that was begun
    bool inherits_step;  // it was started by a task that was at that
    bool has_begun;
    task_state state;
    bool failed;
    bool is_joined;
    bool is_queued;
    bool has_left; // it called os.exit, and never continues
};

// The coroutine that runs now. A chain of these is on the C stack, one for each lua_resume of ours.
typedef struct frame {
    struct frame *below;
    lua_State *co;
    lua_State *resumer; // the coroutine of a script that has resumed it, or NULL
    bool can_yield;     // without a resumer: whether it can be suspended
} frame;

// The name of a value that was copied as a stand-in.
typedef struct note {
    const void *address;
    char text[160];
} note;

enum { NOTE_COUNT = 64 };

struct vm_lua {
    lua_State *main;
    note notes[NOTE_COUNT]; // the last ones, in a ring
    unsigned note_count;
    vm_lua_callbacks callbacks;
    lua_CFunction load; // Lua's own `load`
    struct {
        lua_CFunction get_metatable, set_metatable, get_user_value, set_user_value, set_upvalue, set_local;
    } debug; // Lua's own, see debug.c
    // memory
    size_t used, limit;
    size_t taken;   // what `used` takes in malloc's heap
    size_t traffic; // bytes that calls have passed to the host since memory was last measured
    unsigned refusals; // calls in a row that found no room
    size_t allocated, allocated_then; // bytes ever, and when a task last found no room
    unsigned late_refusals; // tasks in a row that found none to begin with
    size_t slack; // beyond the limit, so that the prompt can still free memory
    long fail_countdown;
    bool fail_forever;
    // scheduling
    frame base;
    frame *frame;
    task main_task;
    task *task;          // the one whose code runs now
    task *tasks;         // all that are not done, without main
    unsigned suspended;  // how many of them wait, or will never continue: else no coroutine has a marker
    bool has_marked;     // whether the marker was pushed since a switch last looked for it
    unsigned task_count;
    unsigned failures;
    task *ready_first, *ready_last;
    call *free_calls;
    call *all_calls;
    call *watching; // a wait of the host that ends when a task fails
    // interrupting
    lua_State *volatile running;
    volatile sig_atomic_t reason;
    volatile unsigned epoch;  // incremented by every interrupt
    unsigned broadcast_epoch; // the epoch that waiting tasks were last told of
    volatile sig_atomic_t in_host;
    volatile sig_atomic_t forced;
    pid_t process;      // the one that made the interpreter
    bool has_left;      // os.exit was called
    int exit_status;    // its argument
    lua_Hook saved_hook;
    int saved_mask, saved_count;
    lua_State *volatile hooked;
    int wake;
    // the rest
    bool has_trace; // whether one is stored: see trace.c
    bool warnings_on, warning_continues;
    bool print_escapes;
    void (*print)(void *context, const char *text, size_t length);
    void *print_context;
    bool is_closing;
    bool is_asking;         // a value is asked for its text: see speak.c
    long slices, all_slices; // how much longer that one may take, and all that are shown together
};

static inline vm_lua *host_of(lua_State *L) {
    return *(vm_lua **)lua_getextraspace(L);
}

// Keys in the registry: their addresses.
extern const char vm_key_own; // marks the metatables of the host's userdata
extern const char vm_key_tasks, vm_key_error, vm_key_array, vm_key_kinds, vm_key_sandbox_loaded, vm_key_trace;
// On top of the stack of a coroutine that waits for the host. Scripts cannot get this value.
extern const char vm_marker;
static inline void vm_push_marker(lua_State *L) { // [-0, +1, –]
    host_of(L)->has_marked = true;
    lua_pushlightuserdata(L, (void *)&vm_marker);
}

// state.c
// Whether the host may keep more for a script; collects garbage if it seems not. `bytes`: those passed to it now.
bool vm_has_room(lua_State *L, size_t bytes); // [-0, +0, –]
int vm_raise_memory(lua_State *L);            // [-0, +0, e]
// Whether there is memory for a task to begin with; collects garbage if that may help.
bool vm_can_begin(lua_State *L, const task *t); // [-0, +0, –]
void vm_make_room(vm_lua *host); // memory for a line at the prompt, even if the limit is reached

// convert.c — stack effects in nmap's notation: [-pops, +pushes, errors]
// [-0, +0, –]
bool vm_copy_value(lua_State *L, int index, vm_values *out, bool lenient, char *path, size_t path_size);
// `first` is the one that a problem calls argument 1. [-0, +0, –]
bool vm_copy_arguments(lua_State *L, vm_values *out, bool lenient, int first, char *problem, size_t size);
void vm_push_value(lua_State *L, const vm_values *values, size_t at);                          // [-0, +1, m]
int vm_push_all(lua_State *L, const vm_values *values);                                        // [-0, +n, m]
void vm_open_values(lua_State *L);                                                             // [-0, +0, m]

// speak.c
void vm_ask_for_texts(lua_State *L, int first);           // [-0, +0, e] values from `first` to the top, and those in them
lua_Integer vm_number_of_text(lua_State *L, int index);   // [-0, +0, –] 0: none; negative: its name, shown before it
void vm_forget_numbers(lua_State *L);                     // [-0, +0, –] after they were copied

// trampoline.c
int vm_trampoline(lua_State *L);
const char *vm_push_parent(lua_State *L, const char *path); // [-0, +1, m] the table that has `path`; its last name
void vm_push_kind_table(lua_State *L, uint32_t kind, bool of_fields); // [-0, +1, –] of its methods, or its fields
void vm_open_trampoline(lua_State *L); // [-0, +0, m]
call *vm_acquire_call(vm_lua *host); // NULL when out of memory
void vm_release_call(call *c);
void vm_free_calls(vm_lua *host);
int vm_finish_call(lua_State *L, call *c);                              // [-0, +n, e]
int vm_wait_for(lua_State *L, call *c, lua_KFunction continuation);     // [-0, +n, e]
void vm_push_object(lua_State *L, uint32_t kind, uint64_t identifier);  // [-0, +1, m]

// errors.c
int vm_raise_usage(lua_State *L, const char *message); // [-0, +0, e]
void vm_open_errors(lua_State *L); // [-0, +0, m]

// task_handles.c
void vm_open_tasks(lua_State *L); // [-0, +0, m]
int vm_raise_failure(lua_State *L, task *t);            // [-0, +0, e]
bool vm_find_task_state(lua_State *L, int index, vm_lua_task_state *state); // [-0, +0, –] false: no task's handle

// tasks.c
void vm_drive(lua_State *L, call *c);                   // [-0, +0, e]
bool vm_in_finalizer(lua_State *L);
bool vm_is_done_task(lua_State *co);
void vm_wake_task(task *t);
bool vm_is_at_step(const vm_lua *host); // whether the code that runs is inside what its task is at
void vm_abandon_call(call *c);
void vm_wait_in(call *c, call **list); // appends it to a list of waiting calls
bool vm_can_yield(lua_State *L); // whether it and all coroutines below, down to the task's own, can be suspended
void vm_close_tasks(vm_lua *host);
int vm_leave_task(lua_State *L); // [-0, +0, e] never returns

// semaphore.c
void vm_push_semaphore_constructor(lua_State *L); // [-0, +1, m]

// coroutine.c
int vm_protected_call_with_handler(lua_State *L);
void vm_open_coroutines(lua_State *L); // [-0, +0, m]

// trace.c: the place where an error was raised is stored beside it, since the error value is the script's
void vm_open_traces(lua_State *L);               // [-0, +0, m]
void vm_push_trace(lua_State *L, int value);     // [-0, +1, m] the stored one, if it belongs to this error
void vm_set_trace(lua_State *L);                 // [-1, +0, –] false clears it
bool vm_find_trace(lua_State *L, int value);     // [-0, +2, –] traceback and position; false pushes nothing
void vm_forget_trace(lua_State *L);              // [-0, +0, –] of the caught error on top, if others may equal it
void vm_push_trace_functions(lua_State *L);      // [-0, +3, m]

// interrupt.c
void vm_check_interrupt(lua_State *L);          // [-0, +0, e] raises if an interrupt is unanswered
void vm_raise_again(lua_State *L, int answered); // [-0, +0, e] after a protected call; `answered`: as at its start
void vm_defer_interrupt(lua_State *L);
bool vm_has_unanswered_interrupt(vm_lua *host, const task *t);
int vm_raise_cancelled(lua_State *L);           // [-0, +0, e]
void vm_push_cancelled(lua_State *L);           // [-0, +1, m]
void vm_push_reason(lua_State *L, const task *t); // [-0, +1, m] the same for another task than that which runs
void vm_answer_interrupt(vm_lua *host);
const char *vm_why_stopped(const vm_lua *host, const task *t);
void vm_stop_after_switch(vm_lua *host);

// The running coroutine. These are in each switch between coroutines, and so are inlined.
static inline void vm_after_switch(vm_lua *host) {
    if (host->reason != 0 || host->forced || host->task->is_cancelled) vm_stop_after_switch(host);
}

static inline void vm_enter(vm_lua *host, frame *f, lua_State *co, lua_State *resumer, bool can_yield) {
    f->below = host->frame;
    f->co = co;
    f->resumer = resumer;
    f->can_yield = can_yield;
    host->frame = f;
    host->running = co;
    vm_after_switch(host);
}

static inline void vm_leave(vm_lua *host, frame *f) {
    host->frame = f->below;
    host->running = f->below->co;
    vm_after_switch(host);
}

// debug.c
void vm_open_debug(lua_State *L);         // [-0, +0, m]
bool vm_is_own(lua_State *L, int index); // [-0, +0, –] whether a value is a userdata of the host

// run.c
// Calls the function below `arguments` values on the main stack; an error is reported into `error`.
vm_lua_status vm_run_protected(vm_lua *host, int arguments, vm_values *error);

bool vm_is_forked(const vm_lua *host);
void vm_open_exit(lua_State *L); // [-0, +0, m]
int vm_leave_process(lua_State *L); // os.exit
// The name of chunks of the host itself.
#define VM_OWN_CHUNK "=[vmoon]"

// print.c
void vm_open_print(lua_State *L); // [-0, +0, m]
void vm_warn(void *context, const char *message, int to_continue);

#endif
