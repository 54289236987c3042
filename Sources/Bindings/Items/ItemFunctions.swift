internal import Buffers
internal import LuaHost
internal import Text
internal import VSphere

extension FunctionSpec {
    /// `item` and the methods that only item objects have.
    static let item: [FunctionSpec] = [
        FunctionSpec(
            "item",
            "Looks an item up by its place, \"library/name\", or by its identifier.",
            [
                Parameter(
                    "path",
                    "string",
                    "\"library/name\", with or without a leading \"/\", or an id"
                )
            ],
            returns: Result(
                "vmoon.item",
                "an object with id, name and every operation about items as a method; "
                    + "nil and an error when there is none",
                otherwise: "nil, vmoon.error"
            ),
            errors: ["ambiguous", "usage"],
            example: """
                local ubuntu = item "golden/ubuntu-22.04"
                print(ubuntu.name, ubuntu.id == item(ubuntu.id).id)
                print(item "golden/no-such-thing")
                """,
            receivers: [.session],
            waits: true
        ) { runtime, call in runtime.lookUp(call) },
        FunctionSpec(
            "latest",
            "Tells the latest version of the item.",
            returns: Result("string", "the version's identifier"),
            errors: ["not_found"],
            example: #"print(item("golden/ubuntu-22.04"):latest())"#,
            receivers: [.item],
            isGlobal: false,
            waits: true
        ) { runtime, call in
            runtime.withSteps("latest", call) { steps, item in
                steps.call(.getItem, [item.identifier]) { model in
                    if let latest = model?["content_version"] { call.result.put(latest) }
                    steps.done()
                }
            }
        },
        FunctionSpec(
            "previous",
            "Tells the version before the latest, which rollback can go back to.",
            returns: Result(
                "string?",
                "the version's identifier; nil when there is only one version"
            ),
            errors: ["not_found"],
            example: #"print(item("golden/ubuntu-22.04"):previous())"#,
            receivers: [.item],
            isGlobal: false,
            waits: true
        ) { runtime, call in
            runtime.withSteps("previous", call) { steps, item in
                steps.call(.getItem, [item.identifier]) { model in
                    let latest = model?["content_version"]?.string
                    steps.call(.listVersions, [item.identifier]) { versions in
                        let others = versions?.elements.compactMap { $0["version"] }
                            .filter { $0.string != latest }
                        if let previous = others?.last {
                            call.result.put(previous)
                        } else {
                            // A function that returns no value cannot be used as an argument.
                            call.result.putNil()
                        }
                        steps.done()
                    }
                }
            }
        },
    ]
}

extension Runtime {
    /// Starts the steps of a method of an item object.
    fileprivate func withSteps(
        _ name: String,
        _ call: HostCall,
        _ body: (CallSequence, Item) -> Void
    ) -> Verdict {
        let target: Target
        do throws(VSphereError) {
            target = try self.target(of: call.arguments, for: name)
        } catch {
            return raise(error, in: call)
        }
        guard let item = target.item else {
            let problem = "must be called on an item object, as it:\(name)()"
            return raise(VSphereError(.usage, problem, operation: name), in: call)
        }
        return waits(call) { pending in
            body(CallSequence(pending: pending, vcenter: target.vcenter, name: name), item)
        }
    }

    /// The function `item(path)`.
    fileprivate func lookUp(_ call: HostCall) -> Verdict {
        do throws(VSphereError) {
            let target = try self.target(of: call.arguments, for: "item")
            guard target.arguments.count == 1, let path = target.arguments[0].string,
                let place = ItemPath(path)
            else {
                throw VSphereError(
                    .usage,
                    "path must be \"library/name\" or an identifier",
                    operation: "item"
                )
            }
            return waits(call) { pending in
                let steps = CallSequence(pending: pending, vcenter: target.vcenter, name: "item")
                switch place {
                case .identifier(let id): lookUp(id: id, steps)
                case .named(let places): lookUp(places[...], path, [], steps)
                }
            }
        } catch {
            return raise(error, in: call)
        }
    }

    private func lookUp(id: String, _ steps: CallSequence) {
        steps.attempt(.getItem, ValueBuffer.values { $0.put(id) }) { [self] result in
            switch result {
            case .success(let model): found(id, model?["name"]?.string ?? "", steps)
            case .failure(let error) where error.kind == .notFound:
                missing(error.message, steps, hint: "a name is written \"library/name\"")
            case .failure(let error): finish(steps.pending, error)
            }
        }
    }

    /// An item that a name may mean.
    private struct Match {
        var id: String
        var name: String
    }

    /// Looks at one place after the other: more than one of them may hold an item.
    private func lookUp(
        _ places: ArraySlice<ItemPath.Place>,
        _ path: String,
        hasLibrary: Bool = false,
        _ matches: [Match],
        _ steps: CallSequence
    ) {
        guard let place = places.first else {
            return choose(matches, path, hasLibrary: hasLibrary, steps)
        }
        steps.call(.findLibraries, Self.named(place.library)) { [self] libraries in
            let identifiers = libraries?.elements.compactMap(\.string) ?? []
            collect(place.name, identifiers[...], [], steps) { [self] items in
                lookUp(
                    places.dropFirst(),
                    path,
                    hasLibrary: hasLibrary || !identifiers.isEmpty,
                    matches + items.map { Match(id: $0, name: place.name) },
                    steps
                )
            }
        }
    }

    private func choose(_ matches: [Match], _ path: String, hasLibrary: Bool, _ steps: CallSequence)
    {
        let place = Display.escape(path.hasPrefix("/") ? String(path.dropFirst()) : path)
        switch matches.count {
        case 0 where !hasLibrary && place.count { $0 == "/" } == 1:
            missing("there is no library \"\(place.prefix { $0 != "/" })\"", steps)
        case 0: missing("there is no item \"\(place)\"", steps)
        case 1: found(matches[0], steps)
        default:
            let list = matches.map { Display.escape($0.id) }.joined(separator: ", ")
            steps.fail(
                VSphereError(
                    .ambiguous,
                    "\(matches.count) items are called \"\(place)\": \(list)",
                    hint: "name one of them by its identifier"
                )
            )
        }
    }

    /// vCenter finds a name however its letters are cased; the object has the name that the item has.
    private func found(_ match: Match, _ steps: CallSequence) {
        steps.attempt(.getItem, ValueBuffer.values { $0.put(match.id) }) { [self] result in
            switch result {
            case .success(let model):
                found(match.id, model?["name"]?.string ?? match.name, steps)
            case .failure(let error) where error.kind == .notFound: missing(error.message, steps)
            case .failure(let error): finish(steps.pending, error)
            }
        }
    }

    private static func named(_ name: String, in library: String? = nil) -> [Value] {
        ValueBuffer.values { out in
            out.putRecord {
                out.put("name")
                out.put(name)
                guard let library else { return 1 }
                out.put("library_id")
                out.put(library)
                return 2
            }
        }
    }

    /// Asks one library after another; several may have the same name.
    private func collect(
        _ name: String,
        _ libraries: ArraySlice<String>,
        _ found: [String],
        _ steps: CallSequence,
        then next: @escaping ([String]) -> Void
    ) {
        guard let library = libraries.first else { return next(found) }
        steps.call(.findItems, Self.named(name, in: library)) { [self] items in
            let more = items?.elements.compactMap(\.string) ?? []
            collect(name, libraries.dropFirst(), found + more, steps, then: next)
        }
    }

    private func found(_ id: String, _ name: String, _ steps: CallSequence) {
        guard !steps.pending.isOver else { return }
        put(Item(vcenter: steps.vcenter, id: id, name: name), into: steps.pending.call.result)
        steps.done()
    }

    /// Returns `nil, err`, which only look-ups do.
    private func missing(_ message: String, _ steps: CallSequence, hint: String? = nil) {
        guard !steps.pending.isOver else { return }
        let result = steps.pending.call.result
        result.putNil()
        VSphereError(
            .notFound,
            message,
            operation: steps.name,
            vcenter: steps.vcenter.profile.endpoint.description,
            hint: hint
        ).write(into: result)
        steps.done()
    }
}
