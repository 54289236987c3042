// Declarations shared by the scheduler (tasks.c) and the handles of tasks (task_handles.c).
#ifndef VMOON_TASKS_H
#define VMOON_TASKS_H

#include "host.h"

static inline bool vm_is_in_region(const task *t, const task *region) {
    for (const task *r = t->region; r != NULL; r = r->region)
        if (r == region) return true;
    return false;
}

// The body of every task: the function and its arguments are on the stack.
int vm_run_task(lua_State *L); // [-n, +n, e]
void vm_add_task(task *t);     // to those that are not done, and to the queue
void vm_cancel_task(task *t);
void vm_release_task(task *t); // one reference less
// Keeps the task's handle, the value on top of the stack (nil: no longer), and by its user value the coroutine.
void vm_anchor_task(lua_State *L, task *t); // [-1, +0, m]
void vm_drop_task(lua_State *L, task *t);   // [-0, +0, –]

#endif
