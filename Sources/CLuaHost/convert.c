// Lua values to the value buffer; push.c has the way back. Copying out never raises: no allocation, no metamethod.
#include "host.h"

#include <stdio.h>
#include <string.h>

#define TEXT_OF(number) #number
#define DEEPER_THAN(number) "is nested deeper than " TEXT_OF(number) " levels"

// A table that is being copied, and the one around it: cycles are found by walking up.
typedef struct level {
    const struct level *above;
    const void *table;
    unsigned depth;
} level;

typedef struct copier {
    lua_State *L;
    vm_values *out;
    bool lenient;
    char *path; // in: the current path; out, on failure: what is wrong there
    size_t size;
} copier;

static bool copy_at(copier *c, int index, const level *above);

static bool complain(copier *c, const char *what) {
    size_t used = strlen(c->path);
    enum { SHOWN = 100 }; // bytes of a long path that are shown: its end
    if (used > SHOWN) {
        memmove(c->path + 3, c->path + used - SHOWN, SHOWN + 1);
        memcpy(c->path, "...", 3);
        used = SHOWN + 3;
    }
    snprintf(c->path + used, c->size - used, "%s%s", used > 0 ? " " : "", what);
    return false;
}

// The name under which a value is found among the globals, or in a module: "string.rep". Raw access; false where
// there is none.
static bool find_name(lua_State *L, int index, char *name, size_t size) {
    int top = lua_gettop(L);
    bool found = false;
    if (!lua_checkstack(L, 10)) return false;
    lua_pushglobaltable(L);
    lua_pushnil(L);
    while (!found && lua_next(L, top + 1)) {
        if (lua_type(L, -2) == LUA_TSTRING) {
            const char *key = lua_tostring(L, -2);
            found = lua_rawequal(L, -1, index) && strcmp(key, "_") != 0;
            if (found) snprintf(name, size, "%.60s", key);
            if (!found && lua_type(L, -1) == LUA_TTABLE && strcmp(key, "_G") != 0) {
                lua_pushnil(L);
                while (!found && lua_next(L, top + 3)) {
                    found = lua_type(L, -2) == LUA_TSTRING && lua_rawequal(L, -1, index);
                    if (found) snprintf(name, size, "%.40s.%.40s", key, lua_tostring(L, -2));
                    lua_pop(L, 1);
                }
            }
        }
        lua_settop(L, found ? top : top + 2);
    }
    lua_settop(L, top);
    return found;
}

// Says what a function or a userdata is; the address tells later what was said.
static void take_note(lua_State *L, int index) {
    vm_lua *host = host_of(L);
    note *n = &host->notes[host->note_count++ % NOTE_COUNT];
    n->address = lua_topointer(L, index);
    n->text[0] = '\0';
    if (!lua_checkstack(L, 4)) return;
    if (lua_type(L, index) == LUA_TUSERDATA) {
        bool is_file = false;
        if (lua_getmetatable(L, index)) {
            lua_getfield(L, LUA_REGISTRYINDEX, LUA_FILEHANDLE);
            is_file = lua_rawequal(L, -1, -2);
            lua_pop(L, 2);
        }
        if (!is_file) return;
        const luaL_Stream *stream = lua_touserdata(L, index);
        if (stream->closef == NULL) snprintf(n->text, sizeof n->text, "file (closed)");
        else snprintf(n->text, sizeof n->text, "file (%p)", (void *)stream->f);
        return;
    }
    char name[100] = "";
    bool is_named = find_name(L, index, name, sizeof name);
    lua_Debug info;
    lua_pushvalue(L, index);
    lua_getinfo(L, ">S", &info);
    bool has_place = info.linedefined > 0;
    size_t used = (size_t)snprintf(n->text, sizeof n->text, "%s", is_named ? name : "");
    if (has_place)
        snprintf(n->text + used, sizeof n->text - used, "%sat %.40s:%d", is_named ? " " : "",
            info.short_src, info.linedefined);
}

const char *vm_lua_note(const vm_lua *lua, uint64_t address) {
    unsigned known = lua->note_count < NOTE_COUNT ? lua->note_count : NOTE_COUNT;
    for (unsigned back = 1; back <= known; back++) {
        const note *n = &lua->notes[(lua->note_count - back) % NOTE_COUNT];
        if ((uint64_t)(uintptr_t)n->address == address) return n->text[0] != '\0' ? n->text : NULL;
    }
    return NULL;
}

// For a value that cannot be copied: puts a stand-in when lenient, else complains.
static bool describe(copier *c, int index, uint32_t stand_in, const char *what) {
    if (!c->lenient) return complain(c, what);
    if (stand_in == VM_LUA_FUNCTION || (stand_in == VM_LUA_USERDATA && lua_type(c->L, index) == LUA_TUSERDATA))
        take_note(c->L, index);
    vm_put_object(c->out, stand_in, (uint64_t)(uintptr_t)lua_topointer(c->L, index));
    return true;
}

static bool is_marked_array(lua_State *L, int index) {
    if (!lua_getmetatable(L, index)) return false;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &vm_key_array);
    bool same = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    return same;
}

// Whether the keys are exactly 1 … n, n > 0.
static bool is_sequence(lua_State *L, int index) {
    lua_Unsigned length = lua_rawlen(L, index);
    if (length == 0) return false;
    lua_Unsigned count = 0;
    bool only = true;
    lua_pushnil(L);
    while (lua_next(L, index)) {
        lua_pop(L, 1);
        count++;
        if (!lua_isinteger(L, -1) || lua_tointeger(L, -1) < 1
            || (lua_Unsigned)lua_tointeger(L, -1) > length || count > length) {
            only = false;
            lua_pop(L, 1);
            break;
        }
    }
    return only && count == length;
}

static bool copy_array(copier *c, int index, const level *here) {
    size_t mark = vm_put_begin(c->out, VM_ARRAY);
    lua_Unsigned length = lua_rawlen(c->L, index);
    size_t used = strlen(c->path);
    for (lua_Unsigned i = 1; i <= length; i++) {
        if (!c->lenient) snprintf(c->path + used, c->size - used, "[%llu]", (unsigned long long)i);
        lua_rawgeti(c->L, index, (lua_Integer)i);
        bool copied = true;
        if (lua_isnil(c->L, -1))
            vm_put_simple(c->out, VM_NULL);
        else
            copied = copy_at(c, lua_gettop(c->L), here);
        lua_pop(c->L, 1);
        if (!copied) return false;
    }
    c->path[used] = 0;
    vm_put_end(c->out, mark, (uint32_t)length);
    return true;
}

// Copies a record's key: strings as they are; anything else only when lenient, as text.
static bool copy_key(copier *c, int index, size_t used) {
    lua_State *L = c->L;
    if (lua_type(L, index) == LUA_TSTRING) {
        size_t length;
        const char *key = lua_tolstring(L, index, &length);
        if (!c->lenient)
            snprintf(c->path + used, c->size - used, "%s%.40s", used > 0 ? "." : "", key);
        vm_put_string(c->out, key, length);
        return true;
    }
    if (!c->lenient) {
        if (lua_type(L, index) == LUA_TNUMBER)
            return complain(c, "has numbers among its keys, and is no list from 1 without gaps");
        snprintf(c->path + used, c->size - used, "%s[%.20s key]", used > 0 ? "" : "it",
            luaL_typename(L, index));
        return complain(c, "is not a string key");
    }
    // No lua_tolstring: it would turn the key itself into a string, and confuse lua_next.
    char text[64];
    int length;
    if (lua_isinteger(L, index))
        length = snprintf(text, sizeof text, "[%lld]", (long long)lua_tointeger(L, index));
    else if (lua_type(L, index) == LUA_TNUMBER)
        length = snprintf(text, sizeof text, "[%.14g]", (double)lua_tonumber(L, index));
    else if (lua_isboolean(L, index))
        length = snprintf(text, sizeof text, "[%s]", lua_toboolean(L, index) ? "true" : "false");
    else
        length = snprintf(
            text, sizeof text, "[%s %p]", luaL_typename(L, index), lua_topointer(L, index));
    vm_put_string(c->out, text, (size_t)length);
    return true;
}

static bool copy_record(copier *c, int index, const level *here) {
    lua_State *L = c->L;
    size_t mark = vm_put_begin(c->out, VM_RECORD);
    size_t used = strlen(c->path);
    uint32_t count = 0;
    lua_pushnil(L);
    while (lua_next(L, index)) {
        if (!copy_key(c, lua_gettop(L) - 1, used) || !copy_at(c, lua_gettop(L), here)) {
            lua_pop(L, 2);
            return false;
        }
        count++;
        lua_pop(L, 1);
    }
    c->path[used] = 0;
    vm_put_end(c->out, mark, count);
    return true;
}

// Names the key that keeps an array from being one.
static bool complain_about_array(copier *c, int index) {
    lua_State *L = c->L;
    lua_Unsigned length = lua_rawlen(L, index);
    lua_pushnil(L);
    while (lua_next(L, index)) {
        lua_pop(L, 1);
        if (lua_isinteger(L, -1) && lua_tointeger(L, -1) >= 1 && (lua_Unsigned)lua_tointeger(L, -1) <= length)
            continue;
        char what[100];
        if (lua_type(L, -1) == LUA_TSTRING)
            snprintf(what, sizeof what, "is an array, and has the key \"%.40s\" beside its elements", lua_tostring(L, -1));
        else if (lua_isinteger(L, -1))
            snprintf(what, sizeof what, "is an array of %llu elements, and has the key %lld",
                (unsigned long long)length, (long long)lua_tointeger(L, -1));
        else
            snprintf(what, sizeof what, "is an array, and has a %s among its keys", luaL_typename(L, -1));
        lua_pop(L, 1);
        return complain(c, what);
    }
    return complain(c, "is an array with a gap (json.null can stand there)");
}

static bool copy_table(copier *c, int index, const level *above) {
    level here = {above, lua_topointer(c->L, index), above == NULL ? 1 : above->depth + 1};
    for (const level *l = above; l != NULL; l = l->above)
        if (l->table == here.table) return describe(c, index, VM_LUA_CYCLE, "contains itself");
    if (here.depth > VM_LUA_DEPTH) return describe(c, index, VM_LUA_TOO_DEEP, DEEPER_THAN(VM_LUA_DEPTH));
    if (!lua_checkstack(c->L, 6)) return complain(c, "is too large for the stack");
    if (is_sequence(c->L, index)) return copy_array(c, index, &here);
    if (!is_marked_array(c->L, index)) return copy_record(c, index, &here);
    lua_pushnil(c->L);
    if (!lua_next(c->L, index)) return copy_array(c, index, &here);
    lua_pop(c->L, 2);
    // Keys that were added to an array are not dropped without a word.
    return c->lenient ? copy_record(c, index, &here) : complain_about_array(c, index);
}

static bool copy_userdata(copier *c, int index) {
    lua_State *L = c->L;
    if (!lua_getmetatable(L, index)) return describe(c, index, VM_LUA_USERDATA, "is a foreign userdata");
    bool ours = lua_rawgetp(L, -1, &vm_key_kinds) != LUA_TNIL;
    lua_pop(L, 2);
    vm_lua_task_state state;
    if (!ours && vm_find_task_state(L, index, &state)) {
        if (!c->lenient) return complain(c, "is a task");
        vm_put_object(c->out, VM_LUA_TASK, state);
        return true;
    }
    if (!ours) return describe(c, index, VM_LUA_USERDATA, "is a foreign userdata");
    const object *o = lua_touserdata(L, index);
    vm_put_object(c->out, o->kind, o->identifier);
    return true;
}

static bool copy_function(copier *c, int index) {
    lua_State *L = c->L;
    if (lua_tocfunction(L, index) != vm_trampoline) return describe(c, index, VM_LUA_FUNCTION, "is a function");
    lua_getupvalue(L, index, 1);
    vm_put_object(c->out, VM_LUA_HOST_FUNCTION, (uint64_t)(lua_tointeger(L, -1) >> 2));
    lua_pop(L, 1);
    return true;
}

// A value that was asked for its text, or has a name.
static bool copy_spoken(copier *c, int index, const level *above, lua_Integer number) {
    if (number > 0) {
        vm_put_object(c->out, VM_LUA_TEXT, (uint64_t)number);
        return true;
    }
    size_t mark = vm_put_begin(c->out, VM_ARRAY);
    vm_put_object(c->out, VM_LUA_NAMED, (uint64_t)-number);
    if (!copy_table(c, index, above)) return false;
    vm_put_end(c->out, mark, 2);
    return true;
}

static bool copy_at(copier *c, int index, const level *above) {
    lua_State *L = c->L;
    if (c->lenient && lua_checkstack(L, 2)) {
        lua_Integer number = vm_number_of_text(L, index);
        if (number != 0) return copy_spoken(c, index, above, number);
    }
    switch (lua_type(L, index)) {
    case LUA_TNIL:
        vm_put_simple(c->out, VM_NIL);
        return true;
    case LUA_TBOOLEAN:
        vm_put_simple(c->out, lua_toboolean(L, index) ? VM_TRUE : VM_FALSE);
        return true;
    case LUA_TNUMBER:
        if (lua_isinteger(L, index))
            vm_put_integer(c->out, lua_tointeger(L, index));
        else
            vm_put_double(c->out, lua_tonumber(L, index));
        return true;
    case LUA_TSTRING: {
        size_t length;
        const char *text = lua_tolstring(L, index, &length); // no conversion: it is a string
        vm_put_string(c->out, text, length);
        return true;
    }
    case LUA_TTABLE:
        return copy_table(c, index, above);
    case LUA_TLIGHTUSERDATA:
        if (lua_touserdata(L, index) != NULL) return describe(c, index, VM_LUA_USERDATA, "is a light userdata");
        vm_put_simple(c->out, VM_NULL);
        return true;
    case LUA_TUSERDATA:
        return copy_userdata(c, index);
    case LUA_TFUNCTION:
        return copy_function(c, index);
    default:
        return describe(c, index, VM_LUA_COROUTINE, "is a coroutine");
    }
}

bool vm_copy_value(
    lua_State *L, int index, vm_values *out, bool lenient, char *path, size_t path_size) {
    copier c = {L, out, lenient, path, path_size};
    int top = lua_gettop(L);
    if (!lua_checkstack(L, 6)) return complain(&c, "is too large for the stack");
    bool copied = copy_at(&c, index, NULL);
    lua_settop(L, top);
    return copied;
}

bool vm_copy_arguments(
    lua_State *L, vm_values *out, bool lenient, int first, char *problem, size_t size) {
    int count = lua_gettop(L);
    for (int i = 1; i <= count; i++) {
        problem[0] = 0;
        if (vm_copy_value(L, i, out, lenient, problem, size)) continue;
        char what[200];
        snprintf(what, sizeof what, "%.190s", problem);
        snprintf(problem, size, "argument %d%s%s", i - first + 1, what[0] == '[' ? "" : ": ", what);
        return false;
    }
    if (!out->failed) return true;
    snprintf(problem, size, "not enough memory");
    return false;
}
