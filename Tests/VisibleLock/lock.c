// The slow half of Swift's own Mutex, for ThreadSanitizer only.
//
// Swift's Mutex takes a free lock with an atomic operation that is compiled into our code, and waits for a taken one
// inside libswiftSynchronization, which is not compiled with ThreadSanitizer. A lock that somebody had to wait for is
// therefore a lock that ThreadSanitizer has not seen taken, and all that it guards looks like a race; two threads that
// add to a number under a Mutex are enough. This function takes the place of the library's: it is found first.
//
// Storage holds 0 or the number of the thread that has the lock; the atomic operation that frees it is in our code too.

#include "visible_lock.h"

#include <sched.h>
#include <stdint.h>

// Synchronization._MutexHandle._lockSlow(UInt32) -> (), as a method: the handle comes as `self`.
__attribute__((swiftcall, visibility("default"))) void vm_lock_slow(
    uint32_t own, __attribute__((swift_context)) uint32_t *storage)
    __asm__("$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF");

__attribute__((swiftcall)) void vm_lock_slow(uint32_t own, __attribute__((swift_context)) uint32_t *storage) {
    uint32_t nobody = 0;
    while (!__atomic_compare_exchange_n(storage, &nobody, own, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
        nobody = 0;
        sched_yield();
    }
}
