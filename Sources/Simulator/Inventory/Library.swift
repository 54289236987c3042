internal import JSON

/// A content library.
struct Library: Sendable {
    enum Kind: String, Sendable {
        case local = "LOCAL"
        /// A copy of a library elsewhere; its templates cannot be checked out.
        case subscribed = "SUBSCRIBED"
    }

    let id: String
    var name: String
    var kind = Kind.local
    var description = ""
    var created: Instant
    var itemIDs: [String] = []
    /// Whether others may follow it.
    var isPublished = false
    /// The publication that a subscribed library follows, and the time of its last update.
    var source: String?
    var lastSync: Instant?
    /// The answers of a vCenter about it.
    var recorded = Recorded()

    /// Where others find it.
    var publication: String {
        recorded[.getLibrary]?["publish_info"]?["publish_url"]?.string ?? publishURL
    }

    /// Where others find one of the simulator's own.
    var publishURL: String { "https://vcenter.example.test:443/cls/vcsp/lib/\(id)/lib.json" }
}

/// An item of a content library.
struct Item: Sendable {
    /// The type of an item that holds a VM template.
    static let templateType = "vm-template"

    let id: String
    let libraryID: String
    var name: String
    var type = templateType
    var description = ""
    var created: Instant
    var modified: Instant
    /// The version that was published last: what followers get.
    var published: String?
    /// The item that this one is a copy of, in a subscribed library.
    var source: String?
    /// The live versions, the latest last: at most two.
    var versions: [Version] = []
    /// The number of the next version; numbers are never used again.
    var nextVersion = 1
    var checkOuts: [CheckOut] = []
    /// The history, oldest first; it is longer than the list of versions.
    var changes: [Change] = []
    /// The version that an item without versions of its own has.
    var contentVersion = "1"
    /// Whether its content is there, and not only its name.
    var isCached = true
    /// The answers of a vCenter about it.
    var recorded = Recorded()

    var isTemplate: Bool { type == Self.templateType }
    var latest: Version? { versions.last }

    /// A version: its identifier and the machine that is its template.
    struct Version: Sendable {
        let id: String
        let template: String
    }

    /// A machine checked out of the item.
    struct CheckOut: Sendable {
        let vm: String
        let time: Instant
        let user: String
    }

    /// An entry of the change history.
    struct Change: Sendable {
        let version: String
        let time: Instant
        var user: String?
        var message: String?
        /// The beginning of the message, where a vCenter cut it in another place.
        var cutMessage: String?

        /// The message as in a list: the first 80 characters, or up to the first newline that is not the
        /// first character.
        var shortMessage: String? {
            if let cutMessage { return cutMessage }
            guard let message else { return nil }
            let end = message.indices.dropFirst().first { message[$0].isNewline }
            return String(message[..<(end ?? message.endIndex)].prefix(80))
        }
    }
}
