package io.agentservice;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static com.tngtech.archunit.library.plantuml.rules.PlantUmlArchCondition.Configuration.consideringOnlyDependenciesInAnyPackage;
import static com.tngtech.archunit.library.plantuml.rules.PlantUmlArchCondition.adhereToPlantUmlDiagram;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jboss.resteasy.reactive.RestMulti;
import org.junit.jupiter.api.Test;

/** Holds the code to docs/architecture.puml and to the rules of the house that a machine can check. */
class ArchitectureTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.agentservice");
    private static final Path MAIN = Path.of("src/main/java/io/agentservice");
    private static final int MAX_FILE_LINES = 250;

    @Test
    void roomsUseOnlyWhatTheDrawingAllows() throws IOException {
        classes()
                .that()
                .resideInAPackage("io.agentservice.*..")
                .should(adhereToPlantUmlDiagram(
                        Path.of("docs/architecture.puml").toUri().toURL(),
                        consideringOnlyDependenciesInAnyPackage("io.agentservice..")))
                .check(CLASSES);
    }

    @Test
    void roomsFormNoCycle() {
        slices().matching("io.agentservice.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void theWordsNeedNoFramework() {
        classes()
                .that()
                .resideInAPackage("..job..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "io.agentservice.job..")
                .check(CLASSES);
    }

    @Test
    void onlyTheProcessRoomTouchesProcesses() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..process..")
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(ProcessBuilder.class, Process.class, ProcessHandle.class)
                .check(CLASSES);
    }

    @Test
    void onlyTheJdbcStoreSpeaksSql() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..store.jdbc..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.sql..", "javax.sql..")
                .check(CLASSES);
    }

    @Test
    void onlyTheApiSpeaksHttp() {
        noClasses()
                .that()
                .resideOutsideOfPackages("..api..", "..access..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("jakarta.ws.rs..", "io.vertx.ext.web..")
                .check(CLASSES);
    }

    @Test
    void nobodySleepsOrReadsTheTimeWithoutAClock() {
        noClasses().should().callMethod(Thread.class, "sleep", long.class).check(CLASSES);
        noClasses().should().callMethod(Instant.class, "now").check(CLASSES);
        noClasses().should().callMethod(System.class, "currentTimeMillis").check(CLASSES);
    }

    /** Mutiny 3.1.1 hands on what is memoized before its subscription, where both happen at once. */
    @Test
    void nothingIsMemoized() {
        noClasses().should().callMethod(Uni.class, "memoize").check(CLASSES);
    }

    @Test
    void resourceMethodsNeverBlock() {
        methods()
                .that()
                .areAnnotatedWith(GET.class)
                .or()
                .areAnnotatedWith(POST.class)
                .and()
                .areDeclaredInClassesThat()
                .areNotAnnotatedWith(io.smallrye.common.annotation.NonBlocking.class)
                .should()
                .haveRawReturnType(com.tngtech.archunit.base.DescribedPredicate.describe(
                        "Uni, Multi or RestMulti",
                        type -> type.isEquivalentTo(Uni.class)
                                || type.isEquivalentTo(Multi.class)
                                || type.isEquivalentTo(RestMulti.class)))
                .check(CLASSES);
    }

    @Test
    void namesSaySomething() {
        noClasses()
                .should()
                .haveNameMatching(".*(Manager|Helper|Utils?|Handler|Processor|Impl|Data|Info|Dto)")
                .check(CLASSES);
    }

    @Test
    void filesStaySmall() throws IOException {
        try (Stream<Path> files = Files.walk(MAIN)) {
            List<String> tooLong = files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> lines(file) > MAX_FILE_LINES)
                    .map(Path::toString)
                    .toList();
            assertThat(tooLong)
                    .as("files of more than %d lines", MAX_FILE_LINES)
                    .isEmpty();
        }
    }

    @Test
    void everyRoomSaysWhatItIsFor() throws IOException {
        try (Stream<Path> folders = Files.walk(MAIN)) {
            List<Path> silent = folders.filter(Files::isDirectory)
                    .filter(folder -> !folder.equals(MAIN))
                    .filter(folder -> !Files.exists(folder.resolve("package-info.java")))
                    .toList();
            assertThat(silent).as("packages without package-info.java").isEmpty();
        }
    }

    private static long lines(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.count();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
