import Bindings
import LineEditor
import LuaHost
import Testing

@testable import Shell

struct CompletionTests {
    static let options: [(type: LuaType, names: [String])] = [
        ("{if_latest: string}", ["if_latest"]),
        ("{time: string, user: string?, ...}", ["time", "user"]),
        ("string|{name: string}", ["name"]),
        ("table", []),
        ("string", []),
    ]

    @Test(arguments: options.indices) func `option names come from the specification`(_ index: Int)
    {
        let test = Self.options[index]
        let parameter = FunctionSpec.Parameter("options", test.type, "")
        #expect(SpecIndex.options(of: parameter) == test.names)
    }

    private static func completer(_ globals: [String: String]) -> Completer {
        Completer(
            index: SpecIndex(FunctionSpec.all),
            fields: { path in
                path.isEmpty
                    ? .init(value: nil, type: "table", names: globals.map { ($0, $1) }) : nil
            },
            itemIdentifier: { _ in nil },
            names: nil,
            files: { folder in
                switch folder {
                case "/tmp/": ["a.lua", "b/", ".hidden"]
                case ".": ["mine.lua", "lib/", "x.txt", "odd.name.lua"]
                case "lib/": ["deep.lua"]
                default: []
                }
            },
            profiles: { ["lab", "prod"] }
        )
    }

    static let completions: [(text: String, candidates: [String])] = [
        ("pri", ["print"]),
        ("loc", ["local"]),
        ("_", ["_secret"]),
        ("session{ vce", ["vcenter = "]),
        ("rollback(i, v, 'm', {", ["if_latest = "]),
        ("setPower('vm-1', ", ["\"start\"", "\"stop\"", "\"reset\"", "\"suspend\""]),
        ("setPower('vm-1', 'st", ["start'", "stop'"]),
        ("dofile('/tmp/", ["/tmp/a.lua'", "/tmp/b/"]),
        ("x = '/tmp/a", ["/tmp/a.lua'"]),
        ("x = 'tmp/a", []),
        (".he", [".help"]),
        (".load /tmp/a", ["/tmp/a.lua"]),
        (".help rol", ["rollback"]),
        (".time o", ["off", "on"]),
        ("require \"", ["mine\"", "lib."]),
        ("local m = require('lib.", ["lib.deep'"]),
        ("session{profile=\"", ["lab\"", "prod\""]),
        ("session{ vcenter = 'a', profile = 'p", ["prod'"]),
        ("session{ profile = ", ["\"lab\"", "\"prod\""]),
        ("session{ api = 'a", ["auto'", "api'"]),
        ("waitForPower('vm-1', 'P", ["POWERED_ON'", "POWERED_OFF'"]),
        ("waitForGuest('vm-1', { t", ["tools = ", "timeout = "]),
        ("setHardware('vm-1', { c", ["cpu_count = ", "cores_per_socket = "]),
        ("createLibrary{ st", ["storage_backings = "]),
        ("deployOVF(i, { target = { f", ["folder_id = "]),
        ("item:deploy{ placement = { fo", ["folder = "]),
        ("item('a/b'):deploy{ placement = { fo", ["folder = "]),
        ("vc:deploy(i, { placement = { fo", ["folder = "]),
        ("it:checkOut{ pla", ["placement = "]),
        ("deploy(i, { vm_home_storage = { d", ["datastore = "]),
        ("deploy(i, { hardware_customization = { nics = { ['4000'] = { ne", ["network = "]),
        ("deploy(i, { guest_customization = { ", ["name = "]),
        ("listVMs{ power_states = { \"", ["POWERED_OFF\"", "POWERED_ON\"", "SUSPENDED\""]),
        (
            "listVMs{ power_states = { 'SUSPENDED', ",
            ["\"POWERED_OFF\"", "\"POWERED_ON\"", "\"SUSPENDED\""]
        ),
        ("listVMs({ names = { 'a' }, power_states = 'S", ["SUSPENDED'"]),
        ("vc:listVMs{ power_states = { \"S", ["SUSPENDED\""]),
        ("listFolders{ type = 'V", ["VIRTUAL_MACHINE'"]),
        ("createLibrary{ type = \"", ["LOCAL\"", "SUBSCRIBED\""]),
        ("createLibrary{ storage_backings = { { type = 'D", ["DATASTORE'"]),
        ("findLibraries{ type = 'S", ["SUBSCRIBED'"]),
        ("listCustomizationSpecs{ OS_type = 'W", ["WINDOWS'"]),
        ("nothing.at.all", []),
        ("api.vcen", ["vcenter"]),
        ("api.vcenter.network.", ["list", "projects"]),
        ("api.vcenter.network.x", []),
        ("api.nothing.", []),
        ("api.vcenter.vm", ["VM", "vm", "vm_template"]),
        ("api.vcenter.network.list{ ", ["filter = "]),
        ("api.vcenter.network.list{ filter = { na", ["names = "]),
        ("api.vcenter.network.list({ filter = { ne", ["networks = "]),
        (
            "api.vcenter.network.list{ filter = { types = { \"",
            ["DISTRIBUTED_PORTGROUP\"", "OPAQUE_NETWORK\"", "STANDARD_PORTGROUP\""]
        ),
        ("api.cis.tagging.category.create{ create_spec = { cardinality = 'M", ["MULTIPLE'"]),
    ]

    @Test(arguments: completions.indices) func `what can stand at the cursor is found`(_ index: Int)
    {
        let test = Self.completions[index]
        let completer = Self.completer([
            "print": "function", "_secret": "table", "two words": "string",
        ])
        let list = completer.complete(LexedText(Array(test.text)), cursor: test.text.count)
        #expect(list.candidates.map(\.text) == test.candidates, "\(test.text)")
    }

    @Test func `two items of one path are told apart by their identifiers`() {
        let entry = { LiveNames.Entry(id: $0, name: $1, detail: "vm-template") }
        let list = Completer.paths(of: [
            entry("1", "edge/gateway"), entry("2", "edge/gateway"), entry("3", "edge/x"),
        ])
        #expect(list.map(\.text) == ["1", "2", "edge/x"])
        #expect(list.map(\.label) == ["edge/gateway …1", "edge/gateway …2", "edge/x"])
        #expect(list.map(\.detail) == ["1", "2", "vm-template"])
    }

    static let hints: [(text: String, beginning: String)] = [
        ("getCheckOut(", "getCheckOut(item, vm) → {time: string, user: string}  item: "),
        ("getCheckOut(x, ", "getCheckOut(item, vm) → {time: string, user: string}  vm: "),
        ("rollback(a, b, c, d, ", "rollback(item, version, message, [options]) → string"),
        ("api.vcenter.VM.get{ ", "get(parameters) → "),
        ("print(", ""),
        ("x = 1", ""),
    ]

    @Test(arguments: hints.indices) func `the call at the cursor is explained`(_ index: Int) {
        let test = Self.hints[index]
        let hint = SignatureHint(completer: Self.completer([:]), parameters: { _ in nil })
        let text = hint.text(LexedText(Array(test.text)), cursor: test.text.count)
        #expect(text.hasPrefix(test.beginning) && text.isEmpty == test.beginning.isEmpty, "\(text)")
    }

    @Test func `a function of Lua's shows its parameters`() {
        let hint = SignatureHint(completer: Self.completer([:])) { path in
            .init(
                value: nil,
                type: "function",
                names: path == ["f"] ? [("a", ""), ("...", "")] : []
            )
        }
        #expect(hint.text(LexedText(Array("f(1")), cursor: 3) == "f(a, ...)")
    }
}
