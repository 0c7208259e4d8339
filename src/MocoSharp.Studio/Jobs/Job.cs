using System.Text.Json.Serialization;

namespace MocoSharp.Studio.Jobs;

/// <summary>How far a job is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<JobState>))]
internal enum JobState
{
    [JsonStringEnumMemberName("waiting")]
    Waiting,

    [JsonStringEnumMemberName("running")]
    Running,

    [JsonStringEnumMemberName("done")]
    Done,

    [JsonStringEnumMemberName("stopped")]
    Stopped,

    [JsonStringEnumMemberName("failed")]
    Failed,
}

/// <summary>Work that takes long: commands of <c>moco</c> in processes of their own, one after the other.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Run">The run's number.</param>
/// <param name="Title">What it does, for people.</param>
/// <param name="Commands">What is run, as one would type it.</param>
/// <param name="State">How far it is.</param>
/// <param name="Lines">The last lines that it wrote.</param>
internal sealed record Job(
    int Number, string Run, string Title, IReadOnlyList<string> Commands, JobState State, IReadOnlyList<string> Lines);
