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
    const size_t *taken;  ///< what that memory takes in the process's heap; NULL: `held` is not measured
    size_t start;         ///< what else the heap held when measuring began
    size_t held;          ///< what it holds beyond all that, when last measured: objects of the host
} vm_budget;

/// The calling thread's budget.
vm_budget *vm_budget_here(void);

/// Notes that a buffer grows; false if the limit is exceeded. Small buffers are not
/// counted, and never refused: an error message needs memory too.
bool vm_budget_grow(size_t from, size_t to);
/// Everything that counts against the limit.
size_t vm_budget_sum(void);
/// From now on the process's heap counts too, so that nothing that a script makes the host keep is free. `taken`:
/// see vm_budget. What a run needs for itself, such as its connections, is left out.
void vm_budget_begin_measuring(const size_t *taken);
/// Measures `held`.
void vm_budget_measure(void);
/// Notes that a buffer was freed.
void vm_budget_shrink(size_t from);
/// Notes that a buffer did not grow after all.
void vm_budget_regrow(size_t from, size_t to);

#endif
