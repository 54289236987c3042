/// The operations that the simulator knows.
///
/// The raw value is its name in `/sim/requests` and in faults.
enum Operation: String, CaseIterable, Sendable {
    case createSession, getSession, deleteSession
    case checkOut, checkIn, listCheckOuts, getCheckOut, deleteCheckOut
    case listVersions, getVersion, rollback, deleteVersion
    case createTemplate, getTemplate, deploy
    case listLibraries, getLibrary, findLibraries
    case listLocalLibraries, getLocalLibrary, deleteLibrary
    case listItems, getItem, findItems, deleteItem
    case listChanges, getChange
    case listVMs, getVM, deleteVM, getPower, setPower, getVMItem
    case listFolders, listResourcePools, listClusters, listHosts, listDatastores, listDatacenters
    case listNetworks
    case getTask, cancelTask, listTasks
    case getTools, getGuest, getGuestPower, shutdownGuest, rebootGuest
    case listCustomizationSpecs, getCustomizationSpec, getCustomization, customize
    case getHardware, setHardware
    case updateItem, createLibrary, publish, sync, listSubscriptions
    case deployOVF
    case listTagCategories, getTagCategory, listCategoryTags, getTag
    case listTags, attachTag, detachTag
    case listAllTags, listTaggedObjects
    case listStoragePolicies
    case getRelease

    /// Whether a success changes something.
    var isChanging: Bool {
        switch self {
        case .createSession, .deleteSession, .checkOut, .checkIn, .deleteCheckOut, .rollback,
            .deleteVersion, .createTemplate, .deploy, .deleteLibrary, .deleteItem, .deleteVM,
            .setPower, .cancelTask, .shutdownGuest, .rebootGuest, .customize, .setHardware,
            .updateItem, .createLibrary, .deployOVF, .publish, .sync, .attachTag, .detachTag:
            true
        default: false
        }
    }

    /// Whether it clones a machine: then `--clone-time` applies, and it makes a task.
    var isCloning: Bool {
        switch self {
        case .checkOut, .checkIn, .deploy, .createTemplate: true
        default: false
        }
    }
}
