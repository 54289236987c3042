// What the linked libraries take from glibc 2.35, made of what glibc 2.34 has: with these the programs run there.
// Where the linker finds them here it asks no library for them. They are hidden: nothing else gets to see them.
#define _GNU_SOURCE // struct dl_find_object, dl_iterate_phdr
#include <dlfcn.h>
#include <link.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>

#define ours __attribute__((visibility("hidden"), used))

/// The length of a vector, for Swift's library: without overflow or underflow between, since it is done in double.
ours float hypotf(float x, float y) {
    if (isinf(x) || isinf(y)) {
        return INFINITY;
    }
    double wide_x = x, wide_y = y;
    return (float)sqrt(wide_x * wide_x + wide_y * wide_y);
}

#ifdef DLFO_STRUCT_HAS_EH_DBASE
struct search {
    uintptr_t address;
    struct dl_find_object *result;
};

static int look(struct dl_phdr_info *object, size_t size, void *context) {
    (void)size;
    struct search *search = context;
    uintptr_t first = UINTPTR_MAX, end = 0;
    void *frames = NULL;
    int holds = 0;
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[i];
        uintptr_t start = object->dlpi_addr + part->p_vaddr;
        if (part->p_type == PT_GNU_EH_FRAME) {
            frames = (void *)start;
        }
        if (part->p_type != PT_LOAD) {
            continue;
        }
        holds |= search->address - start < part->p_memsz;
        first = start < first ? start : first;
        end = start + part->p_memsz > end ? start + part->p_memsz : end;
    }
    if (!holds) {
        return 0;
    }
    *search->result = (struct dl_find_object){
        .dlfo_map_start = (void *)first,
        .dlfo_map_end = (void *)end,
        .dlfo_eh_frame = frames,
    };
    // As glibc has it: an object without frames is not found.
    return frames != NULL ? 1 : -1;
}

/// Finds the object that an address belongs to, for the unwinder of libgcc, which looks at the frames alone.
ours int _dl_find_object(void *address, struct dl_find_object *result) {
    struct search search = {(uintptr_t)address, result};
    return dl_iterate_phdr(look, &search) == 1 ? 0 : -1;
}
#endif
