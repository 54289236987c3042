internal import Buffers
internal import VSphere

/// The names of the objects in a vCenter, for completion at the prompt.
///
/// They are fetched in the background, two requests at a time, so that the calls of the user never
/// queue behind them; a failed request leaves its names out and is not reported.
public final class LiveNames {
    /// An object that has an identifier and a name.
    public struct Entry: Sendable, Equatable {
        /// The identifier that calls take.
        public let id: String
        /// The name a person knows; for an item `library/name`.
        public let name: String
        /// A further detail that helps to choose.
        public let detail: String

        /// Makes one.
        public init(id: String, name: String, detail: String) {
            self.id = id
            self.name = name
            self.detail = detail
        }
    }

    /// The content libraries.
    public private(set) var libraries: [Entry] = []
    /// The items of all libraries.
    public private(set) var items: [Entry] = []
    /// The virtual machines.
    public private(set) var machines: [Entry] = []
    /// Called whenever something was added.
    public var onChange: () -> Void = {}

    private static let lifetime: Duration = .seconds(60)
    private static let itemLimit = 2_000
    private static let requestsAtOnce = 2

    /// Folders, pools and other places.
    var places = Places()
    /// Tags, customization specifications, tasks.
    var lists = Lists()
    private let vcenters: () -> [VCenter]
    private let now: () -> Duration
    private var fetchedAt: Duration?
    private var versionsByItem: [String: (entries: [Entry], at: Duration)] = [:]
    private var askedVersions: Set<String> = []
    private var queue: [() -> Void] = []
    private var running = 0

    init(vcenters: @escaping () -> [VCenter], now: @escaping () -> Duration) {
        self.vcenters = vcenters
        self.now = now
    }

    /// Whether something is being fetched.
    public var isLoading: Bool { running > 0 || !queue.isEmpty }

    /// Fetches everything again if that was never done or is more than a minute old, and a session is
    /// open.
    ///
    /// It opens none: a log-in may ask for a password.
    public func refresh() {
        if let fetchedAt, now() - fetchedAt < Self.lifetime { return }
        let open = vcenters()
        guard !open.isEmpty, !isLoading else { return }
        fetchedAt = now()
        (libraries, items, machines) = ([], [], [])
        for vcenter in open {
            fetchMachines(vcenter)
            fetchLibraries(vcenter)
        }
    }

    /// The vCenters with an open session.
    var openVCenters: [VCenter] { vcenters() }

    /// The time now, on the clock that ages are measured with.
    var time: Duration { now() }

    /// Tells whether the lists fetched then are too old, and are fetched again.
    func isOutdated(_ fetched: Duration?) -> Bool {
        fetched.map { now() - $0 >= Self.lifetime } ?? true
    }

    /// Marks all names as outdated, because the user has changed something.
    public func expire() {
        versionsByItem = [:]
        askedVersions = []
        places.fetchedAt = nil
        lists.fetchedAt = [:]
    }

    /// The versions of an item; unknown ones are requested, and `onChange` is called when they arrive.
    public func versions(of item: String) -> [Entry] {
        if let known = versionsByItem[item], now() - known.at < Self.lifetime {
            return known.entries
        }
        guard askedVersions.insert(item).inserted else { return [] }
        for vcenter in vcenters() {
            ask(vcenter, .listVersions, [item]) { [self] versions in
                let entries = (versions?.elements.map { $0 } ?? []).compactMap {
                    version -> Entry? in
                    guard let id = version["version"]?.string else { return nil }
                    return Entry(id: id, name: "", detail: version["vm_template"]?.string ?? "")
                }
                askedVersions.remove(item)
                if !entries.isEmpty { versionsByItem[item] = (entries, now()) }
            }
        }
        return []
    }

    // MARK: Fetching

    private func fetchMachines(_ vcenter: VCenter) {
        ask(vcenter, .listVMs, []) { [self] machines in
            for machine in machines?.elements.map({ $0 }) ?? [] {
                guard let id = machine["vm"]?.string else { continue }
                let name = machine["name"]?.string ?? ""
                let state = machine["power_state"]?.string ?? ""
                self.machines.append(Entry(id: id, name: name, detail: state))
            }
        }
    }

    private func fetchLibraries(_ vcenter: VCenter) {
        ask(vcenter, .listLibraries, []) { [self] identifiers in
            for id in identifiers?.elements.compactMap(\.string) ?? [] {
                ask(vcenter, .getLibrary, [id]) { [self] library in
                    let name = library?["name"]?.string ?? id
                    libraries.append(
                        Entry(id: id, name: name, detail: library?["type"]?.string ?? "")
                    )
                    fetchItems(of: id, named: name, vcenter)
                }
            }
        }
    }

    private func fetchItems(of library: String, named libraryName: String, _ vcenter: VCenter) {
        ask(vcenter, .listItems, [library]) { [self] identifiers in
            let room = max(Self.itemLimit - items.count, 0)
            for id in (identifiers?.elements.compactMap(\.string) ?? []).prefix(room) {
                ask(vcenter, .getItem, [id]) { [self] item in
                    guard let name = item?["name"]?.string else { return }
                    let type = item?["type"]?.string ?? ""
                    items.append(Entry(id: id, name: "\(libraryName)/\(name)", detail: type))
                }
            }
        }
    }

    private func ask(
        _ vcenter: VCenter,
        _ operation: VSphere.Operation,
        _ words: [String],
        then next: @escaping (Value?) -> Void
    ) {
        let values = ValueBuffer.values { out in for word in words { out.put(word) } }
        ask(vcenter, operation, with: values, then: next)
    }

    /// Queues a call; its result is nil where it fails.
    func ask(
        _ vcenter: VCenter,
        _ operation: VSphere.Operation,
        with values: [Value],
        then next: @escaping (Value?) -> Void
    ) {
        queue.append { [self] in
            guard vcenter.isOpen, let call = try? Call(operation, values) else {
                next(nil)
                return done()
            }
            let out = ValueBuffer()
            vcenter.perform(call, into: out) { [self] error in
                next(error == nil ? out.root : nil)
                onChange()
                done()
            }
        }
        pump()
    }

    private func done() {
        running -= 1
        pump()
    }

    private func pump() {
        while running < Self.requestsAtOnce, !queue.isEmpty {
            running += 1
            queue.removeFirst()()
        }
    }
}
