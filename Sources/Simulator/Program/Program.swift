internal import Glibc
internal import JSON
internal import Text

/// The program `vmoon-sim`: options, start, end.
public enum Program {
    /// Runs until it is told to end.
    /// - Parameter words: The words of the command line, the program's name first.
    /// - Returns: The exit code: that of `run`, or 64 if there is no name.
    public static func start(_ words: [String]) -> Int32 {
        // Where a parent passes none, newer kernels put an empty name.
        guard words.first?.isEmpty == false else {
            World.warn("it was started without any arguments, its own name among them")
            return 64
        }
        return run(Array(words.dropFirst()))
    }

    /// Runs until it is told to end.
    /// - Parameter arguments: The words of the command line, without the program's name.
    /// - Returns: The exit code: 0, 64 for a bad option, 66 for an input file, 69 if the address
    ///   cannot be used, 75 for a state file that another simulator uses, 78 for certificates and a state file
    ///   that cannot be written.
    public static func run(_ arguments: [String]) -> Int32 {
        do {
            switch try OptionParser.parse(arguments) {
            case .help: return World.say(OptionParser.help) ? 0 : 74
            case .version: return World.say("vmoon-sim \(Release.version)\n") ? 0 : 74
            case .manual: return World.say(ManualPage.text) ? 0 : 74
            case .reference: return World.say(InputReference.markdown) ? 0 : 74
            case .completions(let shell):
                return World.say(Completions.script(for: shell)) ? 0 : 74
            case .run(let settings): return try serve(settings)
            }
        } catch let error as ProgramError {
            World.warn(error.description)
            return error.code
        } catch {
            World.warn("\(error)")
            return 70
        }
    }

    private static func serve(_ settings: Settings) throws -> Int32 {
        World.holdSignals()
        let stateFile = settings.stateFile.map { StateFile(path: $0, isQuiet: settings.isQuiet) }
        try stateFile?.checkFolder()
        try stateFile?.lock()
        let simulation = Simulation(
            settings,
            inventory: try inventory(settings),
            stateFile: stateFile
        )
        simulation.add(try settings.faults.map(fault))
        let certificates = settings.isPlain ? nil : try Certificates.find(settings)
        let server = try Server(simulation, certificates)
        if settings.endsWithParent { World.endWithStandardInput() }
        var ready: JSONValue = [
            "url": .string("\(settings.isPlain ? "http" : "https")://\(server.address)"),
            "ca_file": certificates?.caFile.map { .string($0) } ?? .null,
            "user": .string(settings.user), "password": .string(settings.password),
            "pid": .integer(World.processID),
        ]
        ready["admin_url"] = server.adminAddress.map { .string("http://\($0)") }
        guard World.say(JSONEncoder().encode(ready) + "\n") else { return 74 }
        World.waitForEnd()
        server.stop()
        return 0
    }

    /// The inventory of the state file, else of the inventory file, else the standard one.
    private static func inventory(_ settings: Settings) throws(ProgramError) -> Inventory {
        var file = settings.inventoryFile
        if let state = settings.stateFile, access(state, F_OK) == 0 { file = state }
        guard let file else { return settings.standardInventory }
        guard let bytes = FileText.read(file) else {
            throw ProgramError(66, "cannot read \(file): \(World.lastError)")
        }
        do {
            return try settings.inventory(try JSONParser().decode(bytes), now: .wallClock)
        } catch {
            throw ProgramError(66, "\(file): \(error)")
        }
    }

    private static func fault(_ text: String) throws(ProgramError) -> Fault {
        do {
            return try Fault(JSONValue(parsing: text))
        } catch {
            throw ProgramError(64, "--fault: \(error)")
        }
    }
}

/// Why the program ends, in one line, with the exit code.
struct ProgramError: Error, CustomStringConvertible {
    let code: Int32
    let description: String

    init(_ code: Int32, _ description: String) {
        self.code = code
        self.description = description
    }
}
