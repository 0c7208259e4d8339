namespace MocoSharp.Embedding;

/// <summary>The stable ids of this assembly's errors. What is wrong with a picture has the ids of
/// <see cref="Imaging.ErrorIds"/>.</summary>
public static class ErrorIds
{
    /// <summary>A model does not say how a picture becomes what it takes, or takes and gives something else.</summary>
    public const string NotAnEncoder = "MS5240";

    /// <summary>A model's file is not there, cannot be read or is damaged.</summary>
    public const string BadModel = "MS5241";

    /// <summary>A model's pictures are prepared in a way that only the training side knows.</summary>
    public const string OtherPreparation = "MS5242";

    /// <summary>A stream is closed, or cannot be read.</summary>
    public const string UnreadableStream = "MS5243";

    /// <summary>Pixels that were handed over are no picture of this encoder's kind.</summary>
    public const string OtherPixels = "MS5244";
}
