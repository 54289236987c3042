internal import LuaHost

/// The functions of the script author's box that are written in Lua: where scripts find them, and in which part they are.
let boxPlaces: [(place: Interpreter.PartPlace, part: String, key: String)] = [
    (.global("waitFor"), "waiting", "waitFor"),
    (.global("retry"), "waiting", "retry"),
    (.global("share"), "sharing", "share"),
    (.global("fail"), "ending", "fail"),
    (.global("options"), "ending", "options"),
    (.global("placement"), "finding", "placement"),
    (.global("items"), "finding", "items"),
    (.method(ObjectKind.session.rawValue, "placement"), "finding", "session.placement"),
    (.method(ObjectKind.session.rawValue, "items"), "finding", "session.items"),
    (.field(ObjectKind.session.rawValue, "find"), "finding", "session.find"),
    (.field(ObjectKind.item.rawValue, "path"), "finding", "item.path"),
    (.global("find.vm"), "finding", "find.vm"),
    (.global("find.folder"), "finding", "find.folder"),
    (.global("find.resourcePool"), "finding", "find.resourcePool"),
    (.global("find.host"), "finding", "find.host"),
    (.global("find.cluster"), "finding", "find.cluster"),
    (.global("find.datastore"), "finding", "find.datastore"),
    (.global("find.network"), "finding", "find.network"),
    (.global("find.datacenter"), "finding", "find.datacenter"),
    (.global("find.library"), "finding", "find.library"),
]

/// The text of a part.
func boxPart(_ name: String) -> String {
    switch name {
    case "common": commonPart
    case "waiting": waitingPart
    case "ending": endingPart
    case "sharing": sharingPart
    case "finding": findingPart
    default: ""
    }
}
