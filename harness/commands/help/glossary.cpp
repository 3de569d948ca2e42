#include "harness/commands/help/glossary.h"

#include <array>

namespace bakeoff::commands::help {
namespace {

constexpr std::array kWords{
    GlossaryEntry{"baseline", "The subject of a table to which all ratios in it are taken. The experiment names it."},
    GlossaryEntry{"block",
                  "Every subject of a table once, each in a fresh process. A table is measured in several blocks, and "
                  "ratios are taken within a block, so that a machine that changes from block to block changes nothing "
                  "about them."},
    GlossaryEntry{"churn", "A load that opens a new connection for every request."},
    GlossaryEntry{"closed load",
                  "Each connection sends its next request when it has the reply to the last one, so a slow server "
                  "slows its own load down. It shows how much a server can do."},
    GlossaryEntry{"crowd",
                  "Connections beside the load that are open and idle, or slow. They show what a connection costs that "
                  "asks for nothing, and what it does to the connections that do."},
    GlossaryEntry{"discipline",
                  "How units that change the same data keep out of each other's way, in the job shared-count: with a "
                  "mutex, with atomic additions, through a channel, or not at all (plain), which loses updates."},
    GlossaryEntry{"executor",
                  "A kind of unit that runs jobs, without any connections: threads, for example, or processes, fibers, "
                  "coroutines."},
    GlossaryEntry{"experiment",
                  "A file that holds a question, the subjects, the tables that answer it, and when to stop."},
    GlossaryEntry{
        "family",
        "The language of a runtime, or what else a subject is: a model, a server, an executor. Large tables of "
        "runtimes have their rows by family, and their letters compare within one."},
    GlossaryEntry{"floor",
                  "The subject that two recorded runs share and to which compare takes the ratios of each, because the "
                  "machine may have changed between the runs."},
    GlossaryEntry{"group",
                  "A word that begins with @ and stands for several subjects: @models, @servers, @runtimes, or the "
                  "runtimes of a language, as @python."},
    GlossaryEntry{"job",
                  "Work without connections that has a known answer, such as counting, hashing or sleeping. It is run "
                  "to its end and the answer is checked."},
    GlossaryEntry{"like",
                  "Beside a model: real systems that made the same choice. In the description of a real server: the "
                  "model that makes the same choice."},
    GlossaryEntry{"load", "How requests arrive at a server: closed or open, with a crowd beside it, or with churn."},
    GlossaryEntry{"model",
                  "One way to handle many connections at the same time, as bakeoff implements it: a thread for each "
                  "connection, a pool of processes, fibers, an event loop."},
    GlossaryEntry{"open load",
                  "Requests come due at a given rate, whatever the server does, and latency counts from the moment at "
                  "which a request was due. It shows how long users would wait."},
    GlossaryEntry{
        "outcome",
        "How a trial went: ok, errors, overloaded, starved, limit, died or not-run. A bad outcome is a result "
        "about the subject, not a failure of bakeoff."},
    GlossaryEntry{"probe",
                  "A measurement of a single mechanism, such as a fork, a message through a pipe, or a switch between "
                  "two threads."},
    GlossaryEntry{
        "receipt",
        "What one side has counted itself: requests, replies, bytes, units. The receipts of the server and of "
        "its clients have to agree, or nothing that was measured is believed."},
    GlossaryEntry{"row", "All that was measured in one trial, as one line of the file trials.jsonl."},
    GlossaryEntry{"session",
                  "In a load: a user who comes, opens a connection, sends some requests one after another and leaves. "
                  "Users come at a rate, whatever the server does: a partly open load."},
    GlossaryEntry{"slice",
                  "About 100 ms of load on one subject of a block while the others, alive and connected, rest. The "
                  "subjects take turns, so that what disturbs the machine disturbs all of them alike."},
    GlossaryEntry{"slo",
                  "A limit that latency has to meet, such as p99=5ms: 99 of 100 requests are answered within 5 ms."},
    GlossaryEntry{"subject",
                  "Anything that can be measured: a model or a real server. It is always a process of its own, started "
                  "and stopped in the same way."},
    GlossaryEntry{"table", "The subjects that are compared with each other, doing the same work under the same load."},
    GlossaryEntry{"think time",
                  "How long a user of a closed load or of a session pauses between a reply and the next request. Each "
                  "connection is a user then, and without a think time none pauses."},
    GlossaryEntry{"trial",
                  "One subject doing one workload or job, once, in a fresh process: started, checked, warmed up, "
                  "measured and stopped."},
    GlossaryEntry{"twin",
                  "A real server and the model that makes the same choice are each other's twins: Apache's prefork and "
                  "prefork, Redis and event-loop. Twins show whether a model is true to life."},
    GlossaryEntry{"unit",
                  "What a model has many of: processes, threads, fibers, coroutines or loops. The option --units says "
                  "how many."},
    GlossaryEntry{"validity",
                  "Whether a figure may be believed, judged for each figure of a row. One that may not is void: it is "
                  "struck out (~5.5~), the reason stands below, and no comparison uses it."},
    GlossaryEntry{"workload", "What is done over connections: a protocol and its requests, such as http or echo."},
};

}  // namespace

std::span<const GlossaryEntry> glossary() {
  return kWords;
}

}  // namespace bakeoff::commands::help
