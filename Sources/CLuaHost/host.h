// What the files of this target share. Not public: this header shows lua.h.
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
    call *next_free;
    call *next_all;
    task *waiter;       // the task that sleeps until it is done; NULL while a drive waits for it
    call *next_waiting; // in the list of what it waits for, when that is a task or a semaphore
    call **list;        // that list; NULL when it waits for the host
    vm_lua_verdict verdict;
    bool is_done;
    bool is_abandoned;
    bool stands; // see vm_lua_complete
};

// What a script holds of a host object: a full userdata.
typedef struct object {
    uint32_t kind;
    uint64_t identifier;
    bool is_released;
} object;

// Thousands of tasks may wait: what is small is kept small.
enum { TASK_READY, TASK_RUNNING, TASK_WAITING, TASK_DONE };
typedef uint8_t task_state;

// A coroutine of the scheduler, or the main chunk (which runs on the main Lua thread).
struct task {
    vm_lua *host;
    lua_State *co;      // kept by the handle, which the registry's table of tasks keeps while it is not done
    task *next_ready;
    task *previous, *next; // all tasks that are not done
    call *waits_for;
    call *joiners;
    task *region;       // the task whose unyieldable callback started it, or NULL
    unsigned references; // handle, being scheduled, tasks that have it as region
    unsigned failure;    // its number among the failures, from 1
    uint8_t answered;    // how urgently it was stopped when it last raised for that, see interrupt.c
    bool is_cancelled;   // it was cancelled on its own
    bool is_late;        // it was started while the run was being stopped, to clean up: that stop is not for it
    bool is_deferred;    // the verdict of a change came while it was stopped: it may take that in before it raises
    uint8_t slices;      // how long it still may: see defer_interrupt
    bool has_begun;
    task_state state;
    bool failed;
    bool is_joined;
    bool is_queued;
};

// The coroutine that runs now. A chain of these lies on the C stack, one per lua_resume of ours.
typedef struct frame {
    struct frame *below;
    lua_State *co;
    bool can_yield; // whether all coroutines below, down to the task's own, can be suspended
} frame;

struct vm_lua {
    lua_State *main;
    vm_lua_callbacks callbacks;
    lua_CFunction load; // Lua's own
    // memory
    size_t used, limit;
    size_t slack; // beyond the limit, so that a prompt can still free something
    long fail_countdown;
    bool fail_forever;
    // scheduling
    frame base;
    frame *frame;
    task main_task;
    task *task;          // whose code runs now
    task *tasks;         // all that are not done, without main
    unsigned task_count;
    unsigned failures;
    task *ready_first, *ready_last;
    call *free_calls;
    call *all_calls;
    call *watching; // a wait of the host's that ends when a task fails
    // interrupting
    lua_State *volatile running;
    volatile sig_atomic_t reason;
    volatile unsigned epoch;  // grows with every interrupt
    unsigned broadcast_epoch; // the interrupts that waiting tasks were told of
    volatile sig_atomic_t in_host;
    volatile sig_atomic_t forced;
    lua_Hook saved_hook;
    int saved_mask, saved_count;
    lua_State *volatile hooked;
    int wake;
    double grace;
    struct watchdog *watchdog;
    // the rest
    bool warnings_on, warning_continues;
    bool print_escapes;
    void (*around_print)(void *context, bool is_before);
    void *around_context;
    bool is_closing;
};

static inline vm_lua *host_of(lua_State *L) {
    return *(vm_lua **)lua_getextraspace(L);
}

// Keys in the registry: their addresses.
extern const char key_tasks, key_error, key_array, key_kinds, key_sandbox_loaded, key_trace;
// Tops the stack of a coroutine that waits for the host. Scripts cannot get hold of it.
extern const char marker;

// state.c
void make_room(vm_lua *host); // what a line at a prompt needs, however little is left

// convert.c — stack effects in nmap's notation: [-pops, +pushes, errors]
bool copy_value(lua_State *L, int index, vm_values *out, bool lenient, char *path, size_t path_size); // [-0, +0, –]
bool copy_arguments(lua_State *L, vm_values *out, bool lenient, char *problem, size_t size); // [-0, +0, –]
void push_value(lua_State *L, const vm_values *values, size_t at);                          // [-0, +1, m]
int push_all(lua_State *L, const vm_values *values);                                        // [-0, +n, m]
void open_values(lua_State *L);                                                             // [-0, +0, m]

// trampoline.c
int trampoline(lua_State *L);
void open_trampoline(lua_State *L); // [-0, +0, m]
call *acquire_call(vm_lua *host); // NULL when out of memory
void release_call(call *c);
void free_calls(vm_lua *host);
int finish_call(lua_State *L, call *c);                              // [-0, +n, e]
int wait_for(lua_State *L, call *c, lua_KFunction continuation);     // [-0, +n, e]
void push_object(lua_State *L, uint32_t kind, uint64_t identifier);  // [-0, +1, m]
int raise_usage(lua_State *L, const char *message);                  // [-0, +0, e]

// tasks.c
void open_tasks(lua_State *L); // [-0, +0, m]
void drive(lua_State *L, call *c);                   // [-0, +0, e]
bool in_finalizer(lua_State *L);
int raise_failure(lua_State *L, task *t);            // [-0, +0, e]
bool is_done_task(lua_State *co);
bool find_task_state(lua_State *L, int index, vm_lua_task_state *state); // [-0, +0, –] false: no task's handle
void wake_task(task *t);
void abandon_call(call *c);
void wait_in(call *c, call **list); // appends it to a list of waiting calls
void close_tasks(vm_lua *host);
lua_State *enter(vm_lua *host, frame *f, lua_State *co, bool can_yield);
void leave(vm_lua *host, frame *f);
bool can_yield(lua_State *L);

// semaphore.c
void push_semaphore_constructor(lua_State *L); // [-0, +1, m]

// coroutine.c
int protected_call_with_handler(lua_State *L);
void open_coroutines(lua_State *L); // [-0, +0, m]

// trace.c: where an error was raised is kept beside it, since the error itself is the script's
void open_traces(lua_State *L);               // [-0, +0, m]
void push_trace(lua_State *L, int value);     // [-0, +1, m] the one that is kept, where it is this error's
void set_trace(lua_State *L);                 // [-1, +0, –] false forgets the last one
bool find_trace(lua_State *L, int value);     // [-0, +2, –] traceback and position; false pushes nothing
void forget_trace(lua_State *L);              // [-0, +0, –] of the caught error on top, if others may be equal to it
void push_trace_functions(lua_State *L);      // [-0, +3, m]

// interrupt.c
void check_interrupt(lua_State *L);          // [-0, +0, e] raises when there is one to answer
void raise_again(lua_State *L, int answered); // [-0, +0, e] after a protected call that was entered so
void defer_interrupt(lua_State *L);
bool has_unanswered_interrupt(vm_lua *host, const task *t);
int raise_cancelled(lua_State *L);           // [-0, +0, e]
void push_cancelled(lua_State *L);           // [-0, +1, m]
const char *why_stopped(const vm_lua *host, const task *t);
void after_switch(vm_lua *host);
void die_by(int number);
// What a signal that stops the run does. Async-signal-safe.
void on_signal(int number);

// watchdog.c
void open_watchdog(vm_lua *host);
void close_watchdog(vm_lua *host);
void watch_interrupt(vm_lua *host); // async-signal-safe
void calm_watchdog(vm_lua *host);   // the interrupt was dealt with: nothing is forced any more
void forget_signals(vm_lua *lua);

// bounded.c: how much of an output is kept
enum { KEPT_HEAD = 4 << 20 };
void bound_output(int output, int error); // the files of kept.c; -1 for none
void stop_bounding(void);                 // async-signal-safe
off_t rest_of_output(off_t size);         // where the end begins that is there; async-signal-safe

// run.c
// Calls the function below `arguments` values on the main stack; an error is reported into `error`.
vm_lua_status run_protected(vm_lua *host, int arguments, vm_values *error);

void open_exit(lua_State *L); // [-0, +0, m]

// print.c
void open_print(lua_State *L); // [-0, +0, m]
void warn(void *context, const char *message, int to_continue);

#endif
