internal import Journal
internal import Posix

/// Names that only this machine knows, which a completion script asks the program for.
public enum CompletionWords: String, Sendable, CaseIterable {
    /// The profiles of the configuration file.
    case profiles
    /// The locks that runs have taken so far.
    case locks
    /// The runs in the journal, the newest first.
    case runs
    /// The operations that are open.
    case operations
    /// The names in the reference.
    case functions

    /// The names, none of which controls a terminal.
    ///
    /// There are none where they cannot be read: a completion has nobody to tell.
    func list(in world: World) -> [String] {
        names(in: world).filter { name in
            let isClean = !name.unicodeScalars.contains {
                $0.properties.generalCategory == .control
            }
            return isClean && !name.isEmpty
        }
    }

    private func names(in world: World) -> [String] {
        let folder = StandardFolders.state(world.environment)
        let store: (any JournalStore)? =
            (try? JournalAddress(world.environment.nonEmpty("VMOON_JOURNAL") ?? ""))
            .flatMap { try? PostgreSQLStore($0, isReadOnly: true) }
            ?? (try? folder.map { try SQLiteStore(folder: $0, isReadOnly: true) })
        switch self {
        case .profiles:
            let store = ProfileStore(world) { text, name in
                ConfigurationScript.load(text, name, within: .seconds(1), world)
            }
            return store.names
        case .locks:
            if let shared = store as? PostgreSQLStore { return (try? shared.locks()) ?? [] }
            guard let folder, let files = try? world.listFolder(folder + "/locks") else {
                return []
            }
            return files.compactMap(RunLock.name(ofFile:)).sorted()
        case .runs:
            return ((try? store?.runs(startingWith: "", limit: 1000)) ?? []).map(\.identifier)
        case .operations: return ((try? store?.openOperations()) ?? []).map(\.identifier)
        case .functions: return ReferenceEntry.all.map(\.name)
        }
    }
}
