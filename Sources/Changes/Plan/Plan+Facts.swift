public import Buffers
internal import Text
public import VSphere

/// The facts known of the machines, names and places of a change, and what it means for it.
extension Plan {
    /// The result of a read.
    enum Fact {
        case fine
        /// The server would refuse: what it would say.
        case refused(String)
        /// These machines or items have the name.
        case taken(by: [String])
        /// The machine takes more of its hardware while it runs.
        case takesHardware
        case library(LibraryFacts)
        /// The item has this type.
        case item(type: String)
        /// It could not be read.
        case untold(String)
        /// The machine is checked out of this item.
        case checkedOut(of: String)
    }

    /// The kind of a library, as far as a change may need it.
    struct LibraryFacts {
        /// Its name and identifier; safe to show.
        let shown: String
        let isSubscribed: Bool
        /// Nil where the vCenter does not tell.
        let isPublished: Bool?

        /// Why the server would refuse a change of it, or of an item in it.
        func refusal(_ needs: [Effect.Need]) -> String? {
            if isSubscribed, needs.contains(.ownLibrary) || needs.contains(.published) {
                return "library \(shown) follows another one"
            }
            if !isSubscribed, needs.contains(.subscribed) {
                return "library \(shown) follows no other one"
            }
            return isPublished == false && needs.contains(.published)
                ? "library \(shown) is not published" : nil
        }
    }

    /// One read, and what its answer means.
    struct Query {
        /// Its object: each key is read once.
        let key: String
        let question: StateReader.Question
        /// The identifier of the object whose name is in the answer.
        var object: String?
        let judge: (StateReader.Answer) -> Fact
    }

    /// Takes note of a library that a script, or a function, has read: it is not read again.
    public func note(library id: String, _ model: Value, at vcenter: VCenter) {
        let name = vcenter.profile.endpoint.description
        let key = Self.key(name, "library", id)
        if !lost.contains(key) { facts[key] = .library(Self.library(id, model)) }
        learn(model["name"]?.string, of: id, at: name)
    }

    /// Takes note of an object that a planned change deletes.
    func lose(_ noun: String, _ id: String?, at vcenter: String) {
        guard let id, !Placeholder.isIn(id) else { return }
        let key = Self.key(vcenter, noun, id)
        facts[key] = .refused("there is no \(noun) \(Display.escape(id))")
        lost.insert(key)
    }

    /// Takes note of the name of a tag.
    public func note(tag id: String, named name: String, at vcenter: VCenter) {
        learn(name, of: id, at: vcenter.profile.endpoint.description)
    }

    func learn(_ name: String?, of id: String, at vcenter: String) {
        guard let name, !name.isEmpty else { return }
        objectNames[Key(vcenter: vcenter, item: id)] = name
    }

    static func key(_ vcenter: String, _ noun: String, _ id: String) -> String {
        "\(vcenter) \(noun) \(id)"
    }

    /// Takes into a change what is known of its machine, its names and places.
    func describe(_ change: inout PlannedChange, at vcenter: String) {
        if let vm = change.vm, let known = machines[machine(vm, at: vcenter)] {
            change.power = known.power
            change.isMachineDeleted = known.isDeleted
            change.isAfterOthers = known.isChanged
            change.isPowerRead = change.needsPower && !known.isChanged && known.power != nil
        }
        let needs = change.effect?.needs(action: change.action) ?? []
        for key in change.facts {
            if lost.contains(key) { change.isAfterOthers = true }
            switch facts[key] {
            case .refused(let why)?: change.missing.append(why)
            case .untold(let what)?: change.untold.append(what)
            case .takesHardware?: change.takesHardware = true
            case .taken(let owners)?:
                change.isNameRead = true
                let left = owners.filter {
                    machines[machine($0, at: vcenter)]?.isDeleted != true
                        && !nameless.contains(Key(vcenter: vcenter, item: $0))
                        && $0 != change.item?.id
                }
                if let owner = left.first {
                    change.nameOwner = Display.escape(owner)
                }
            case .library(let library)?:
                change.missing += [library.refusal(needs)].compactMap { $0 }
            case .item(let type)?:
                change.missing += [Self.refusal(ofType: type, needs)].compactMap { $0 }
            case .checkedOut(let item)?:
                let name = objectNames[Key(vcenter: vcenter, item: item)]
                let shown = PlannedChange.shown(item, name)
                change.notes.append("it is the check-out of item \(shown), which ends with it")
            case .fine?, nil: break
            }
        }
        if change.nameOwner == nil, let name = change.givenName, let owner = names[name],
            owner != change.item?.id
        {
            change.nameOwner = Display.escape(owner)
            change.isAfterOthers = true
        }
    }
}
