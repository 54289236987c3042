import Testing

@testable import Simulator

/// The standard inventory, and short words for what the rules are about.
struct Rules {
    static let ubuntu = "00000000-0000-4000-a17e-000000000001"
    static let rhel = "00000000-0000-4000-a17e-000000000002"
    static let debian = "00000000-0000-4000-a17e-000000000003"
    static let photon = "00000000-0000-4000-a17e-000000000004"
    static let golden = "00000000-0000-4000-a11b-000000000001"

    var inventory = Inventory.standard(user: "operator@vsphere.local")
    let somebody = Inventory.Requester(
        user: "VSPHERE.LOCAL\\bob",
        time: Instant(milliseconds: 1000)
    )

    static func request(_ name: String = "work", isPoweredOn: Bool = false)
        -> Inventory.CopyRequest
    {
        .init(
            name: name,
            placement: [.folder: "group-v3", .host: "host-10"],
            isPoweredOn: isPoweredOn
        )
    }

    /// The identifiers of an item's live versions, the latest last.
    func versions(_ item: String) -> [String] { inventory.items[item]?.versions.map(\.id) ?? [] }

    /// The machine that an item has checked out.
    func checkedOut(_ item: String) throws -> String {
        try #require(inventory.items[item]?.checkOuts.first?.vm)
    }

    mutating func checkOut(_ item: String, _ request: Inventory.CopyRequest = request()) throws
        -> String
    {
        try inventory.checkOut(item, request, by: somebody)
    }

    mutating func checkIn(_ vm: String, _ item: String) throws -> String {
        try inventory.checkIn(vm, to: item, message: "done", by: somebody)
    }

    mutating func rollback(_ item: String, _ version: String) throws -> String {
        try inventory.rollback(item, to: version, message: "back", by: somebody)
    }
}

/// The kind of the error that a body throws; nil when it throws none.
func kind(of body: () throws -> Void) -> VAPIError.Kind? {
    do {
        try body()
        return nil
    } catch {
        return (error as? VAPIError)?.kind
    }
}
