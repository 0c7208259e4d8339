namespace MocoSharp.Studio;

/// <summary>The ids of the studio's own errors: MS5320 to MS5349.</summary>
public static class StudioErrorIds
{
    /// <summary>The page was not built.</summary>
    public const string NoPage = "MS5320";

    /// <summary>There is no such run, picture, column, job or file.</summary>
    public const string NotFound = "MS5321";

    /// <summary>A request comes from elsewhere: another host's name, another site's page.</summary>
    public const string Foreign = "MS5322";

    /// <summary>A request that changes something lacks the token.</summary>
    public const string NoToken = "MS5323";

    /// <summary>A request says something that is not understood.</summary>
    public const string BadRequest = "MS5324";

    /// <summary>The run has no map, or no embeddings, for what was asked.</summary>
    public const string NoMap = "MS5325";

    /// <summary>The server cannot listen.</summary>
    public const string CannotListen = "MS5326";

    /// <summary>There is no such folder of runs.</summary>
    public const string NoRuns = "MS5327";

    /// <summary>A run is in another state than what was asked needs.</summary>
    public const string WrongState = "MS5328";

    /// <summary>A file of a run is too large to be shown.</summary>
    public const string TooLarge = "MS5329";

    /// <summary>A mistake in the studio itself.</summary>
    public const string Unexpected = "MS5330";
}
