// What the files of this target share. Not public.
#ifndef VMOON_PARTS_H
#define VMOON_PARTS_H

#include "process.h"

#include <signal.h>
#include <sys/types.h>

// signals.c: the only file that sets what a signal does
typedef void vm_handler(int number, siginfo_t *info, void *context);

/// What signals did before others took them for a while.
typedef struct vm_actions {
    struct sigaction before[65];
    bool is_taken[65];
} vm_actions;

/// Sets a handler unless the signal is ignored, and notes in `actions` (NULL: nowhere) what there was, before the
/// handler can look there.
void vm_take_signal(vm_actions *actions, int number, vm_handler *handler, int flags);
bool vm_is_ignored(int number);
void vm_set_signal(int number, vm_handler *handler, int flags);
/// Sets all back that were taken.
void vm_give_signals_back(vm_actions *actions);
/// Does what a signal did before it was taken; nothing where that was its default. Async-signal-safe.
void vm_do_before(const vm_actions *actions, int number, siginfo_t *info, void *context);
/// Faults of the process's own get a stack of their own: they may have used up the other one.
void vm_give_faults_a_stack(void);
/// The signals of such faults, 0 behind the last.
extern const int vm_faults[];

// terminal.c
/// Puts the terminal back where it is raw, for an end that no handler saw coming. Async-signal-safe, for any thread.
void vm_restore_terminal(void);

// bounded.c
void vm_bound_output(int output, int error); // the files of kept.c; -1 for none
void vm_stop_bounding(void);                 // async-signal-safe
off_t vm_rest_of_output(off_t size);         // where the end begins that is there; async-signal-safe

#endif
