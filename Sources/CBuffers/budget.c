#include "budget.h"

#include <malloc.h>

enum {
    SMALL = 64 << 10,
    OWN = 12 << 20 // what connections, certificates and the journal of a run may take, without a script's doing
};

static _Thread_local vm_budget budget;

vm_budget *vm_budget_here(void) {
    return &budget;
}

size_t vm_budget_sum(void) {
    return budget.used + budget.held + (budget.beside == NULL ? 0 : *budget.beside);
}

// Small buffers are not in `used`, and so are found here with everything else.
static size_t in_use(void) {
    struct mallinfo2 heap = mallinfo2();
    return heap.uordblks + heap.hblkhd;
}

static size_t known(void) {
    return budget.used + (budget.taken == NULL ? 0 : *budget.taken);
}

void vm_budget_begin_measuring(const size_t *taken) {
    budget.taken = taken;
    size_t all = in_use();
    budget.start = all > known() ? all - known() : 0;
    budget.held = 0;
}

void vm_budget_measure(void) {
    if (budget.taken == NULL) return;
    // Large blocks are rounded up to whole pages.
    size_t expected = budget.start + known() + known() / 32 + OWN;
    size_t all = in_use();
    budget.held = all > expected ? all - expected : 0;
}

static bool fits(size_t counted, size_t to) {
    size_t others = vm_budget_sum() - counted;
    return others <= budget.limit && to <= budget.limit - others;
}

bool vm_budget_grow(size_t from, size_t to) {
    if (to <= SMALL) return true;
    size_t counted = from > SMALL ? from : 0;
    if (budget.limit != 0 && !fits(counted, to)) {
        if (budget.held == 0) return false;
        vm_budget_measure(); // some of it may be gone
        if (!fits(counted, to)) return false;
    }
    budget.used += to - counted;
    return true;
}

void vm_budget_shrink(size_t from) {
    // A buffer may be freed on another thread than the one it grew on.
    if (from > SMALL) budget.used -= from < budget.used ? from : budget.used;
}

void vm_budget_regrow(size_t from, size_t to) {
    vm_budget_shrink(from);
    if (to > SMALL) budget.used += to;
}
