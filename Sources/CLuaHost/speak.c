// The texts that values give of themselves, for showing: their __tostring is called, within bounds, before they are
// copied. So copying itself still runs no Lua.
#include "host.h"

#include <string.h>

static const char key_texts = 't';   // registry: the texts that were asked for last, by number
static const char key_numbers = 'n'; // registry, while values are copied: the number of each that has a text

enum {
    SLICE = 1000,         // instructions between two looks at what is left
    VALUE_SLICES = 20000,  // for one value: about a tenth of a second
    ALL_SLICES = 100000,  // for all that are shown together
    TEXT_BYTES = 4096,    // more of a text is never shown
    ELEMENTS = 1000,      // more of a list is never shown
};

typedef enum manner { SILENT, SPEAKS, IS_NAMED } manner;

static bool is_metatable(lua_State *L, const void *key) { // of the metatable on top
    lua_rawgetp(L, LUA_REGISTRYINDEX, key);
    bool same = lua_rawequal(L, -1, -2);
    lua_pop(L, 1);
    return same;
}

// Whether a value is asked. Not those that the host shows by itself: its objects, errors, arrays, and tasks.
static manner manner_of(lua_State *L, int index) {
    vm_lua_task_state state;
    if (vm_find_task_state(L, index, &state) || !lua_getmetatable(L, index)) return SILENT;
    manner m = SILENT;
    bool ours = is_metatable(L, &vm_key_error) || is_metatable(L, &vm_key_array);
    ours = ours || lua_rawgetp(L, -1, &vm_key_kinds) != LUA_TNIL;
    lua_settop(L, ours ? index : lua_gettop(L) - 1);
    if (ours) return SILENT;
    lua_pushliteral(L, "__tostring");
    if (lua_rawget(L, -2) != LUA_TNIL) m = SPEAKS;
    lua_pop(L, 1);
    lua_pushliteral(L, "__name");
    if (lua_rawget(L, -2) == LUA_TSTRING && m == SILENT) m = IS_NAMED;
    lua_pop(L, 2);
    return m;
}

// The values found so far are in the list at index `list`; `list + 1` has all that were looked at. [-0, +0, m]
static void find(lua_State *L, int list, unsigned depth) {
    int index = lua_gettop(L);
    int type = lua_type(L, index);
    if ((type != LUA_TTABLE && type != LUA_TUSERDATA) || depth > VM_LUA_DEPTH) return;
    luaL_checkstack(L, 8, "not enough memory");
    lua_pushvalue(L, index);
    bool is_known = lua_rawget(L, list + 1) != LUA_TNIL;
    lua_pop(L, 1);
    if (is_known) return;
    lua_pushvalue(L, index);
    lua_pushboolean(L, 1);
    lua_rawset(L, list + 1);
    manner m = manner_of(L, index);
    if (m != SILENT) {
        lua_pushvalue(L, index);
        lua_rawseti(L, list, (lua_Integer)lua_rawlen(L, list) + 1);
    }
    if (m == SPEAKS || type != LUA_TTABLE) return;
    lua_pushnil(L);
    while (lua_next(L, index)) {
        if (!lua_isinteger(L, -2) || lua_tointeger(L, -2) <= ELEMENTS) find(L, list, depth + 1);
        lua_settop(L, index + 1);
    }
}

// The hook while a value is asked. It raises what no handler of the script's sees: "for memory allocation errors Lua
// does not call the message handler" (manual §4.4.1); and from then on at every instruction, so that a loop around a
// `pcall` ends too.
static void count_down(lua_State *L, lua_Debug *info) {
    (void)info;
    vm_lua *host = host_of(L);
    if (!host->is_asking) { // a coroutine that was made meanwhile has it too
        lua_sethook(L, NULL, 0, 0);
        return;
    }
    if (--host->slices > 0) return;
    lua_sethook(L, count_down, LUA_MASKCOUNT, 1);
    lua_newuserdatauv(L, (size_t)1 << 62, 0);
}

// Puts a hook back; an interrupt may have put its own in the place of ours, and ours beside.
static void restore_hook(lua_State *L, lua_Hook own, int mask, int count) {
    vm_lua *host = host_of(L);
    if (lua_gethook(L) == count_down) {
        lua_sethook(L, own, mask, count);
    } else if (host->hooked == L && host->saved_hook == count_down) {
        host->saved_hook = own;
        host->saved_mask = mask;
        host->saved_count = count;
    }
}

// Calls the function below its one argument: its result, or its error. [-2, +1, –]
static int call_bounded(lua_State *L, bool *is_over) {
    vm_lua *host = host_of(L);
    lua_Hook own = lua_gethook(L);
    int mask = lua_gethookmask(L), count = lua_gethookcount(L);
    bool was_asking = host->is_asking; // a __tostring may show something itself, at its own cost
    long before = was_asking ? host->slices : host->all_slices;
    host->slices = before < VALUE_SLICES ? before : VALUE_SLICES;
    long given = host->slices;
    host->is_asking = true;
    lua_sethook(L, count_down, LUA_MASKCOUNT, SLICE);
    int status = lua_pcall(L, 1, 1, 0);
    *is_over = host->slices <= 0;
    long left = before - given + (host->slices > 0 ? host->slices : 0);
    host->is_asking = was_asking;
    if (was_asking) host->slices = left;
    else host->all_slices = left;
    restore_hook(L, own, mask, count);
    return status;
}

// Replaces the error on top by the text that is shown in its place.
static void explain(lua_State *L) {
    const char *message = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
    int top = lua_gettop(L);
    if (message == NULL && lua_istable(L, -1)) {
        lua_pushliteral(L, "message");
        if (lua_rawget(L, -2) == LUA_TSTRING) message = lua_tostring(L, -1);
    }
    if (message != NULL) lua_pushfstring(L, "<__tostring failed: %s>", message);
    else lua_pushfstring(L, "<__tostring failed with a %s>", luaL_typename(L, top));
    lua_replace(L, top);
    lua_settop(L, top);
}

// Pushes the text of a value, or what is said in its place. [-0, +1, e]
static void ask(lua_State *L, int index) {
    if (luaL_getmetafield(L, index, "__tostring") == LUA_TNIL) {
        luaL_getmetafield(L, index, "__name");
        if (lua_istable(L, index)) return; // its name stands before what is in it
        lua_pushfstring(L, "%s: %p", lua_tostring(L, -1), lua_topointer(L, index));
        lua_remove(L, -2);
        return;
    }
    vm_lua *host = host_of(L);
    if ((host->is_asking ? host->slices : host->all_slices) <= 0) {
        lua_pop(L, 1);
        lua_pushliteral(L, "<__tostring not called: others took too long>");
        return;
    }
    int answered = host->task->answered;
    bool is_over = false;
    lua_pushvalue(L, index);
    int status = call_bounded(L, &is_over);
    if (status != LUA_OK) {
        vm_raise_again(L, answered);
        if (!is_over) return explain(L);
        lua_pop(L, 1);
        lua_pushliteral(L, "<__tostring takes too long>");
    } else if (!lua_isstring(L, -1)) {
        lua_pushfstring(L, "<__tostring gives no string: %s>", luaL_typename(L, -1));
        lua_remove(L, -2);
    } else if (lua_tostring(L, -1) != NULL && lua_rawlen(L, -1) > TEXT_BYTES) {
        lua_pushlstring(L, lua_tostring(L, -1), TEXT_BYTES);
        lua_remove(L, -2);
    }
}

void vm_ask_for_texts(lua_State *L, int first) {
    vm_lua *host = host_of(L);
    int last = lua_gettop(L), list = last + 1, texts = last + 3, numbers = last + 4;
    bool any = false;
    for (int i = first; i <= last && !any; i++)
        any = lua_type(L, i) == LUA_TTABLE || lua_type(L, i) == LUA_TUSERDATA;
    if (!any) return;
    luaL_checkstack(L, 12, "not enough memory");
    lua_newtable(L);
    lua_newtable(L);
    for (int i = first; i <= last; i++) {
        lua_pushvalue(L, i);
        find(L, list, 1);
        lua_settop(L, list + 1);
    }
    lua_Integer count = (lua_Integer)lua_rawlen(L, list);
    if (count > 0) {
        if (!host->is_asking) host->all_slices = ALL_SLICES;
        lua_newtable(L);
        lua_newtable(L);
        for (lua_Integer i = 1; i <= count; i++) {
            lua_rawgeti(L, list, i);
            ask(L, numbers + 1);
            lua_rawseti(L, texts, i);
            bool is_named = lua_istable(L, -1) && luaL_getmetafield(L, -1, "__tostring") == LUA_TNIL;
            lua_settop(L, numbers + 1);
            lua_pushinteger(L, is_named ? -i : i);
            lua_rawset(L, numbers);
        }
        // Only now: a __tostring may have shown something itself.
        lua_rawsetp(L, LUA_REGISTRYINDEX, &key_numbers);
        lua_rawsetp(L, LUA_REGISTRYINDEX, &key_texts);
    }
    lua_settop(L, last);
}

lua_Integer vm_number_of_text(lua_State *L, int index) {
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &key_numbers) != LUA_TTABLE) {
        lua_pop(L, 1);
        return 0;
    }
    lua_pushvalue(L, index);
    lua_rawget(L, -2);
    lua_Integer number = lua_tointeger(L, -1);
    lua_pop(L, 2);
    return number;
}

void vm_forget_numbers(lua_State *L) {
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &key_numbers) != LUA_TNIL) {
        lua_pushnil(L);
        lua_rawsetp(L, LUA_REGISTRYINDEX, &key_numbers);
    }
    lua_pop(L, 1);
}

const char *vm_lua_text(const vm_lua *lua, uint64_t number, size_t *length) {
    lua_State *L = lua->main;
    const char *text = NULL;
    *length = 0;
    if (!lua_checkstack(L, 2)) return NULL;
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &key_texts) == LUA_TTABLE) {
        // No conversion, and it stays in its table.
        if (lua_rawgeti(L, -1, (lua_Integer)number) == LUA_TSTRING) text = lua_tolstring(L, -1, length);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return text;
}
