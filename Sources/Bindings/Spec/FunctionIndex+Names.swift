extension FunctionIndex {
    /// The names that a start reads, as `FunctionIndex.text` gives them: a test compares them with the descriptions,
    /// and writes them anew with RECORD_GOLDEN=1.
    static let names = """
        session g
        close l14

        item g1
        latest 2
        previous 2

        rollback g12

        getCheckOut g12
        listCheckOuts g12
        checkOut g12
        checkIn g12
        deleteCheckOut g12
        listVersions g12
        getVersion g12
        deleteVersion g12
        getTemplate g12
        createTemplate g1
        deploy g12
        listChanges g12
        getChange g12
        listLibraries g1
        getLibrary g1
        findLibraries g1
        listItems g1
        getItem g12
        findItems g1
        deleteItem g12
        updateItem g12
        deployOVF g12
        listVMs g1
        getVM g1
        deleteVM g1
        getPower g1
        setPower g1
        getVMItem g1
        getTools g1
        shutdownGuest g1
        rebootGuest g1
        listCustomizationSpecs g1
        getCustomizationSpec g1
        customize g1
        listFolders g1
        listResourcePools g1
        listClusters g1
        listHosts g1
        listDatastores g1
        listDatacenters g1
        listNetworks g1
        getTask g1
        listTasks g1
        cancelTask g1

        getGuest g1
        waitForPower g1
        waitForGuest g1

        getHardware g1
        setHardware g1

        createLibrary g1
        deleteLibrary g1
        publish g12
        sync g12
        listSubscriptions g12

        listTags g12
        attachTag g12
        detachTag g12

        find.vm gn
        find.folder gn
        find.resourcePool gn
        find.host gn
        find.cluster gn
        find.datastore gn
        find.network gn
        find.datacenter gn
        find.library gn
        placement gn1
        items gn1

        request g1
        api gc7

        parallel gn
        spawn gn
        join n5
        cancel n5
        sleep g

        waitFor gn
        retry gn
        fail gn

        shard g
        share gn

        step gn
        step.time g
        step.random g

        options gn

        confirm g
        ask g

        exec gl
        isDryRun g

        json.decode g
        json.encode g
        json.array g

        csv.decode g
        csv.encode gl

        log.debug gl
        log.info gl
        log.warn gl
        log.error gl

        time.now g
        time.parse g
        time.format g
        time.add g
        time.age g
        time.duration g

        http.get g
        http.post g

        secret.env g
        secret.file g
        secret.command g
        secret.credential g

        show glt

        progress g
        step 4

        help gl

        """
}
