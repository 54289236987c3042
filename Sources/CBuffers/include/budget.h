#ifndef VMOON_BUDGET_H
#define VMOON_BUDGET_H
// The memory limit for the buffers of one thread: the limit of a run counts data from others, not only
// Lua's allocations. Each thread has its own budget; one without a limit only counts.

#include <stdbool.h>
#include <stddef.h>

typedef struct vm_budget {
    size_t used;          ///< bytes of the buffers that are not small
    size_t limit;         ///< the most that buffers and `beside` may take together; 0 for no limit
    const size_t *beside; ///< memory counted elsewhere, such as Lua's; may be NULL
} vm_budget;

/// The calling thread's budget.
vm_budget *vm_budget_here(void);

/// Notes that a buffer grows; false if the limit is exceeded. Small buffers are not
/// counted, and never refused: an error message needs memory too.
bool vm_budget_grow(size_t from, size_t to);
/// Notes that a buffer was freed.
void vm_budget_shrink(size_t from);
/// Notes that a buffer did not grow after all.
void vm_budget_regrow(size_t from, size_t to);

#endif
