using System.Text.Json.Serialization;

namespace MocoSharp.Studio.Watch;

/// <summary>How far a run is, for a list.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<WatchedState>))]
internal enum WatchedState
{
    [JsonStringEnumMemberName("training")]
    Training,

    [JsonStringEnumMemberName("finished")]
    Finished,

    [JsonStringEnumMemberName("stopped")]
    Stopped,

    [JsonStringEnumMemberName("failed")]
    Failed,

    [JsonStringEnumMemberName("unreadable")]
    Unreadable,
}

/// <summary>A run as the list shows it.</summary>
/// <param name="Id">What requests call it; no path.</param>
/// <param name="Name">Its path below the folder of runs.</param>
/// <param name="State">How far it is.</param>
/// <param name="Problem">Why it failed or cannot be read; null where neither.</param>
/// <param name="Recipe">The recipe's name.</param>
/// <param name="Method">How it learns.</param>
/// <param name="Encoder">What learns.</param>
/// <param name="EpochsDone">Epochs that ended.</param>
/// <param name="Epochs">Epochs of the schedule.</param>
/// <param name="Loss">Of the last epoch, in nats.</param>
/// <param name="Knn">The last kNN test's top-1 in percent.</param>
/// <param name="BestKnn">The best one.</param>
/// <param name="ImagesPerSecond">Of the last epoch.</param>
/// <param name="WaitFraction">Share of the last epoch's time spent waiting for pictures.</param>
/// <param name="ElapsedSeconds">Training time up to the last epoch's end.</param>
/// <param name="RemainingSeconds">Until the schedule's end at the pace so far; null where it does not train, or no epoch has
/// ended.</param>
/// <param name="IsStopping">Whether it was asked to stop, and has not yet.</param>
/// <param name="HasViews">Whether there is a sheet of views.</param>
/// <param name="HasEncoder">Whether there is an encoder to test and to embed with.</param>
/// <param name="HasMap">Whether the studio has a map of its pictures.</param>
internal sealed record RunSummary(
    string Id, string Name, WatchedState State, RunProblem? Problem = null, string? Recipe = null, string? Method = null,
    string? Encoder = null, int EpochsDone = 0, int Epochs = 0, double? Loss = null, double? Knn = null, double? BestKnn = null,
    double? ImagesPerSecond = null, double? WaitFraction = null, double? ElapsedSeconds = null, double? RemainingSeconds = null,
    bool IsStopping = false, bool HasViews = false, bool HasEncoder = false, bool HasMap = false);

/// <summary>What went wrong with a run.</summary>
/// <param name="Id">The error's.</param>
/// <param name="What">What is wrong.</param>
/// <param name="Fix">How to fix it; null where nobody knows.</param>
internal sealed record RunProblem(string Id, string What, string? Fix);
