namespace MocoSharp.Maps;

/// <summary>The stable ids of this assembly's errors: MS80xx.</summary>
public static class ErrorIds
{
    /// <summary>Values are not numbers, or do not fill whole rows.</summary>
    public const string BadValues = "MS8001";

    /// <summary>There are too few points.</summary>
    public const string TooFewPoints = "MS8002";

    /// <summary>Two sets do not belong together: other dimensions, or another number of rows.</summary>
    public const string OtherSet = "MS8003";
}
