// The scheduler. Tasks are coroutines; a call that waits suspends its task, passing a marker up
// through the user's own coroutines, or, if something on the stack cannot be suspended (a callback of
// table.sort, a finalizer, the main chunk), runs the loop in place until its own verdict arrives.
//
// This is safe because completing a call only marks it and queues its task; Lua runs only from `drive`,
// never below a callback of the host. A drive inside a callback that cannot yield resumes only
// tasks that were started inside it, a drive in a finalizer none: so the C stack
// never grows with the number of tasks.
#include "tasks.h"

#include <stdlib.h>

const char vm_key_tasks = 't', vm_marker = 'w';

// A coroutine that has resumed another one can be suspended then if it could before: nothing of it runs in between.
bool vm_can_yield(lua_State *L) {
    for (const frame *f = host_of(L)->frame;; f = f->below) {
        if (f->co != L || !lua_isyieldable(L)) return false;
        if (f->resumer == NULL) return f->can_yield;
        L = f->resumer;
    }
}

// Works in any coroutine of the finalizer. "It should not be called by a finalizer" (manual §4.6, lua_gc): there
// it returns -1, since the collector is stopped while a finalizer runs.
bool vm_in_finalizer(lua_State *L) {
    return lua_gc(L, LUA_GCISRUNNING) < 0;
}

// Starting and ending tasks

void vm_release_task(task *t) {
    if (t == NULL || t == &t->host->main_task || --t->references > 0) return;
    vm_release_task(t->region);
    free(t);
}

static void enqueue(task *t) {
    if (t->is_queued) return;
    vm_lua *host = t->host;
    t->is_queued = true;
    t->next_ready = NULL;
    if (host->ready_last != NULL)
        host->ready_last->next_ready = t;
    else
        host->ready_first = t;
    host->ready_last = t;
}

void vm_add_task(task *t) {
    vm_lua *host = t->host;
    t->references++;
    t->next = host->tasks;
    if (t->next != NULL) t->next->previous = t;
    host->tasks = t;
    host->task_count++;
    enqueue(t);
}

// Its call is done. A task that has not got as far as yielding is queued when it does.
void vm_wake_task(task *t) {
    if (t->state != TASK_WAITING) return;
    t->state = TASK_READY;
    enqueue(t);
}

// The first queued task that may run under `owner` (all of them under the main chunk).
static task *dequeue(vm_lua *host, const task *owner) {
    task *before = NULL;
    for (task *t = host->ready_first; t != NULL; before = t, t = t->next_ready) {
        if (owner != &host->main_task && !vm_is_in_region(t, owner)) continue;
        if (before != NULL)
            before->next_ready = t->next_ready;
        else
            host->ready_first = t->next_ready;
        if (host->ready_last == t) host->ready_last = before;
        t->is_queued = false;
        return t;
    }
    return NULL;
}

void vm_anchor_task(lua_State *L, task *t) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, &vm_key_tasks);
    lua_insert(L, -2);
    lua_rawsetp(L, -2, t);
    lua_pop(L, 1);
}

// It assigns to a field that is there, or nil: nothing is allocated.
void vm_drop_task(lua_State *L, task *t) {
    lua_pushnil(L);
    vm_anchor_task(L, t);
}

// Ends a task: its results (or its error) are on its own stack. A failed task that was not joined remains anchored,
// even if no script has its handle, so that the end of the run can report the failure.
static void finish_task(lua_State *L, task *t) {
    vm_lua *host = t->host;
    t->state = TASK_DONE;
    if (t->previous != NULL)
        t->previous->next = t->next;
    else
        host->tasks = t->next;
    if (t->next != NULL) t->next->previous = t->previous;
    host->task_count--;
    for (call *c = t->joiners, *next; c != NULL; c = next) {
        next = c->next;
        t->is_joined = true;
        vm_lua_complete(&c->shared, VM_LUA_RETURN, false);
    }
    t->joiners = NULL;
    if (t->failed) t->failure = ++host->failures;
    // Nobody reports the failure of a task that was told to stop.
    if (!t->failed || t->is_joined || t->is_cancelled || host->reason != 0) vm_drop_task(L, t);
    else if (host->watching != NULL && !t->is_cancelled) vm_abandon_call(host->watching);
    vm_release_task(t);
}

// The final content of a task's stack: the marker, which no coroutine of a script has at the bottom; then its
// results, or the place where its error was raised (nil if unknown) and the error.
static int end_of_body(lua_State *L, int status, lua_KContext context) {
    task *t = (task *)context;
    t->failed = status != LUA_OK && status != LUA_YIELD;
    lua_pushlightuserdata(L, (void *)&vm_marker);
    lua_replace(L, 1); // the message handler
    if (t->failed) {
        lua_rawgetp(L, LUA_REGISTRYINDEX, t);
        lua_insert(L, -2);
        lua_pushnil(L);
        lua_rawsetp(L, LUA_REGISTRYINDEX, t); // it exists, or remains absent: nothing is allocated
    }
    return lua_gettop(L);
}

bool vm_is_done_task(lua_State *co) {
    return lua_status(co) == LUA_OK && lua_gettop(co) > 0 && lua_touserdata(co, 1) == &vm_marker;
}

// Stores the trace of a failing task beside it and passes the error on unchanged.
static int task_message(lua_State *L) {
    task *t = host_of(L)->task;
    vm_push_trace(L, 1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, t);
    lua_settop(L, 1);
    return 1;
}

int vm_run_task(lua_State *L) {
    task *t = host_of(L)->task;
    lua_pushcfunction(L, task_message);
    lua_insert(L, 1);
    int status = LUA_OK;
    if (vm_has_unanswered_interrupt(t->host, t)) {
        // Cancelled before it began: the function is never called.
        lua_settop(L, 1);
        lua_pushcfunction(L, vm_raise_cancelled);
        status = lua_pcall(L, 0, 0, 0);
    } else {
        status = lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 1, (lua_KContext)t, end_of_body);
    }
    return end_of_body(L, status, (lua_KContext)t);
}

// Ends a task that was never called, without any memory: its error is what is on top of its stack, as end_of_body leaves
// it; nil where it was cancelled, see vm_raise_failure.
static void fail_unbegun(lua_State *L, task *t, const char *message) {
    lua_settop(t->co, 0);
    lua_pushlightuserdata(t->co, (void *)&vm_marker);
    lua_pushnil(t->co); // no trace
    lua_pushstring(t->co, message); // or nil
    t->has_begun = t->failed = true;
    finish_task(L, t);
}

static void resume_task(lua_State *L, task *t) {
    vm_lua *host = t->host;
    if (!t->has_begun && vm_has_unanswered_interrupt(host, t)) return fail_unbegun(L, t, NULL);
    // The text is one that Lua has already, see lua_newstate.
    if (!vm_can_begin(L, t)) return fail_unbegun(L, t, "not enough memory");
    task *outer = host->task;
    int arguments = t->has_begun ? 0 : lua_gettop(t->co) - 1;
    if (t->has_begun) {
        lua_pop(t->co, 1); // the marker
        host->suspended--;
    }
    t->has_begun = true;
    t->waits_for = NULL;
    t->state = TASK_RUNNING;
    host->task = t;
    frame f;
    int results;
    vm_enter(host, &f, t->co, NULL, true);
    int status = lua_resume(t->co, L, arguments, &results);
    host->task = outer;
    vm_leave(host, &f);
    if (status == LUA_YIELD) host->suspended++;
    if (t->has_left) {
        lua_pop(t->co, 1); // the marker: who joins it, cleaning up, gets no results
        lua_pushnil(t->co);
        t->failed = t->is_cancelled = true;
        finish_task(L, t);
        return;
    }
    if (status == LUA_YIELD) {
        t->state = TASK_WAITING;
        // Without a call, `debug` has found the marker and yielded it: then other tasks run first.
        if (t->waits_for == NULL || t->waits_for->is_done) vm_wake_task(t);
        return;
    }
    if (status != LUA_OK) t->failed = true; // the C stack overflowed, or the handler itself failed
    finish_task(L, t);
}

// Waiting

void vm_abandon_call(call *c) {
    if (c->is_done || c->is_abandoned) return;
    c->is_abandoned = true;
    if (c->list == NULL) {
        c->host->callbacks.abandon(c->host->callbacks.context, &c->shared);
        return;
    }
    for (call **link = c->list; *link != NULL; link = &(*link)->next) {
        if (*link != c) continue;
        *link = c->next;
        break;
    }
    vm_lua_complete(&c->shared, VM_LUA_RETURN, false);
}

void vm_wait_in(call *c, call **list) {
    c->list = list;
    c->next = NULL;
    while (*list != NULL) list = &(*list)->next;
    *list = c;
}

// os.exit in a task: the task never continues, and all others are interrupted, the main chunk too: how that ends
// decides how the run ends.
int vm_leave_task(lua_State *L) {
    task *t = host_of(L)->task;
    if (!vm_can_yield(L)) return vm_raise_cancelled(L);
    t->has_left = true;
    vm_push_marker(L);
    return lua_yield(L, 1);
}

// Tells every waiting call of an interrupt; each task answers it when it runs again. Those that clean up continue.
static void broadcast_interrupt(vm_lua *host, call *own) {
    if (host->broadcast_epoch != host->epoch) {
        host->broadcast_epoch = host->epoch;
        for (task *t = host->tasks; t != NULL; t = t->next)
            if (t->waits_for != NULL && vm_has_unanswered_interrupt(host, t)) vm_abandon_call(t->waits_for);
    }
    if (own != NULL && vm_has_unanswered_interrupt(host, host->task)) vm_abandon_call(own);
}

// Whether the driving task and all tasks that it may resume wait only for one another, none for the host.
static bool is_deadlock(const vm_lua *host, const call *c, const task *owner) {
    if (c != NULL && c->list == NULL) return false;
    for (const task *t = host->tasks; t != NULL; t = t->next) {
        if (owner != &host->main_task && !vm_is_in_region(t, owner)) continue;
        if (t->is_queued || t->waits_for == NULL || t->waits_for->list == NULL) return false;
    }
    return host->task_count > 0;
}

// Abandons the call of a task that raises instead of waiting further. While the host has it, it is not reused.
static void give_up(call *c) {
    if (c == NULL) return;
    vm_abandon_call(c);
    if (c->is_done) vm_release_call(c);
}

void vm_drive(lua_State *L, call *c) {
    vm_lua *host = host_of(L);
    const task *owner = host->task;
    bool only_wait = host->task_count > 0 && vm_in_finalizer(L);
    if (!lua_checkstack(L, 4)) {
        give_up(c);
        luaL_error(L, "stack overflow (cannot wait here)");
    }
    while (c != NULL ? !c->is_done : host->task_count > 0) {
        if (vm_is_forked(host))
            vm_raise_usage(L, "a process that a C module has forked cannot wait: sessions and loop are its parent's");
        broadcast_interrupt(host, c);
        // One round: each task that is ready now runs once, then the host checks for completed calls.
        const task *last = host->ready_last;
        task *t = NULL;
        while (!only_wait && (c == NULL || !c->is_done) && (t = dequeue(host, owner)) != NULL) {
            resume_task(L, t);
            if (t == last) break;
        }
        if (c != NULL && c->is_done) break;
        if (c == NULL && host->task_count == 0) break;
        bool more = false;
        for (task *r = host->ready_first; r != NULL && !only_wait && !more; r = r->next_ready)
            more = owner == &host->main_task || vm_is_in_region(r, owner);
        broadcast_interrupt(host, c);
        if (!only_wait && is_deadlock(host, c, owner)) {
            give_up(c);
            vm_raise_usage(L, "the tasks that are left wait for one another: none of them can go on");
        }
        host->in_host = 1;
        host->callbacks.wait(host->callbacks.context, !more);
        host->in_host = 0;
    }
}

// The coroutine in which a step was begun may be suspended, while other code of the task goes on.
bool vm_is_at_step(const vm_lua *host) {
    const task *t = host->task;
    if (t->step == 0 || t->inherits_step) return t->step != 0;
    for (const frame *f = host->frame; f != NULL; f = f->below) {
        if (f->co == t->step_co) return true;
        if (f->co == t->co) break;
    }
    return false;
}

void vm_lua_set_step(vm_lua *lua, uint32_t step) {
    lua->task->step = step;
    lua->task->step_co = lua->frame->co;
    lua->task->inherits_step = false;
}

// At the end of a run

// Once: a task that was told to stop is cleaning up.
void vm_cancel_task(task *t) {
    if (t->state == TASK_DONE || t->is_cancelled || t->answered > 0) return;
    t->is_cancelled = true;
    if (t->waits_for != NULL) vm_abandon_call(t->waits_for);
}

static int finish_tasks(lua_State *L) {
    vm_lua *host = host_of(L);
    if (lua_toboolean(L, 1)) {
        for (task *t = host->tasks, *next; t != NULL; t = next) {
            next = t->next;
            vm_cancel_task(t);
        }
    }
    vm_drive(L, NULL);
    // Pushes the first failure that was neither joined nor shown.
    if (host->epoch != 0) return 0;
    task *first = NULL;
    lua_settop(L, 0);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &vm_key_tasks);
    lua_pushnil(L);
    while (lua_next(L, 1)) {
        task *t = lua_touserdata(L, -2);
        bool is_earlier = first == NULL || t->failure < first->failure;
        if (t->failed && !t->is_cancelled && is_earlier) first = t;
        lua_pop(L, 1);
    }
    if (first == NULL) return 0;
    lua_rawgetp(L, 1, first); // its handle
    return vm_raise_failure(L, first);
}

vm_lua_status vm_lua_finish_tasks(vm_lua *lua, bool cancel_them, vm_values *error) {
    lua_pushcfunction(lua->main, finish_tasks);
    lua_pushboolean(lua->main, cancel_them);
    return vm_run_protected(lua, 1, error);
}

void vm_close_tasks(vm_lua *host) {
    // The state is closed: the remaining tasks were never finished. Their handles, with their references, are gone.
    for (task *t = host->tasks, *next; t != NULL; t = next) {
        next = t->next;
        vm_release_task(t);
    }
    host->tasks = NULL;
}
