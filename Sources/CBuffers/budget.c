#include "budget.h"

enum { SMALL = 64 << 10 };

static _Thread_local vm_budget budget;

vm_budget *vm_budget_here(void) {
    return &budget;
}

bool vm_budget_grow(size_t from, size_t to) {
    if (to <= SMALL) return true;
    size_t counted = from > SMALL ? from : 0;
    if (budget.limit != 0) {
        size_t others = budget.used - counted + (budget.beside == NULL ? 0 : *budget.beside);
        if (others > budget.limit || to > budget.limit - others) return false;
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
