// Declarations shared by the files of this target. Not public.
#ifndef VMOON_PARTS_H
#define VMOON_PARTS_H

#include "process.h"

#include <signal.h>
#include <sys/types.h>

// signals.c: the only file that sets signal actions
typedef void vm_handler(int number, siginfo_t *info, void *context);

/// The earlier actions of signals that are taken for a while.
typedef struct vm_actions {
    struct sigaction before[65];
    bool is_taken[65];
} vm_actions;

/// Sets a handler unless the signal is ignored, and stores the earlier action in `actions` (NULL: nowhere) before
/// the handler can read it.
void vm_take_signal(vm_actions *actions, int number, vm_handler *handler, int flags);
bool vm_is_ignored(int number);
void vm_set_signal(int number, vm_handler *handler, int flags);
/// Restores the actions of all taken signals.
void vm_give_signals_back(vm_actions *actions);
/// Carries out the earlier action of a taken signal; nothing if that was the default. Async-signal-safe.
void vm_do_before(const vm_actions *actions, int number, siginfo_t *info, void *context);
/// Gives faults of the process a separate stack: they may have used up the main one.
void vm_give_faults_a_stack(void);
/// The signals of such faults, ended by 0.
extern const int vm_faults[];

// terminal.c
/// Restores a raw terminal, for an end that no handler expected. Async-signal-safe, for any thread.
void vm_restore_terminal(void);

// bounded.c
void vm_bound_output(int output, int error); // the files of kept.c; -1 for none
void vm_stop_bounding(void);                 // async-signal-safe
off_t vm_rest_of_output(off_t size);         // the offset at which the kept end begins; async-signal-safe

#endif
