package io.agentservice.kubernetes;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** What has to be true of every overlay. Each rule gives a sentence for each thing that breaks it. */
enum HouseRule {
    IMAGES_HAVE_A_TAG(PodRules::images),
    RESOURCES_ARE_LIMITED(PodRules::resources),
    THE_DISK_IS_LIMITED(PodRules::disk),
    PROBES_ASK_THE_RIGHT_ENDPOINTS(PodRules::probes),
    NO_SECRET_IS_IN_A_VARIABLE_OR_IN_GIT(PodRules::secrets),
    THE_GRACE_IS_LONGER_THAN_A_STOP(PodRules::grace),
    THE_POD_SECURITY_LEVEL_IS_RESTRICTED(PodSecurity::breaches),
    WHAT_IS_REFERRED_TO_IS_THERE(ClusterRules::references),
    THE_SECRET_HAS_THE_FILES_THAT_ARE_READ(ClusterRules::keys),
    VARIABLES_ARE_READ_BY_THE_SERVICE(PodRules::variables),
    PATHS_ARE_MOUNTED(PodRules::paths),
    VOLUMES_ARE_MOUNTED_ONCE(PodRules::mounts),
    SELECTORS_FIT(ClusterRules::selectors),
    THE_NETWORK_IS_CLOSED(ClusterRules::network),
    THE_STORE_HAS_ONE_OWNER(ClusterRules::owner),
    TOKENS_ARE_NARROW(PodRules::tokens),
    RIGHTS_ARE_FEW(ClusterRules::rights),
    ALL_IS_IN_ONE_NAMESPACE(ClusterRules::namespace);

    private final Function<Manifests, Stream<String>> breaches;

    HouseRule(Function<Manifests, Stream<String>> breaches) {
        this.breaches = breaches;
    }

    List<String> breaches(Manifests manifests) {
        return breaches.apply(manifests).map(breach -> name() + ": " + breach).toList();
    }

    static List<String> allBreaches(Manifests manifests) {
        return Stream.of(values())
                .flatMap(rule -> rule.breaches(manifests).stream())
                .toList();
    }
}
