#ifndef VMOON_BUDGET_H
#define VMOON_BUDGET_H
// What one thread's buffers may take together: the limit of a run counts what others send, not only what
// Lua allocates. Each thread has its own; one without a limit only counts.

#include <stdbool.h>
#include <stddef.h>

typedef struct vm_budget {
    size_t used;          ///< bytes of the buffers that are not small
    size_t limit;         ///< the most that buffers and `beside` may take together; 0 for no limit
    const size_t *beside; ///< what somebody else counts, such as Lua's memory; may be NULL
} vm_budget;

/// The calling thread's.
vm_budget *vm_budget_here(void);

/// Notes that a buffer grows; false when there is not so much left. What small buffers take is not
/// counted, and never refused: an error needs room to be said in.
bool vm_budget_grow(size_t from, size_t to);
/// Notes that a buffer was given back.
void vm_budget_shrink(size_t from);
/// Notes that a buffer did not grow after all.
void vm_budget_regrow(size_t from, size_t to);

#endif
