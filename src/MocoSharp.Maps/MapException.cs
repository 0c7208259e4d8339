namespace MocoSharp.Maps;

/// <summary>Points cannot be mapped, measured or grouped as asked.</summary>
public sealed class MapException : MocoException
{
    /// <summary>The id where values are not numbers or do not fill whole rows.</summary>
    public const string Values = "MS8001";

    /// <summary>The id where there are too few points.</summary>
    public const string Few = "MS8002";

    /// <summary>The id where two sets do not belong together: other dimensions, or another number of rows.</summary>
    public const string Mismatch = "MS8003";

    internal MapException(string id, string what, string fix) : base(id, what, fix: fix) { }
}
