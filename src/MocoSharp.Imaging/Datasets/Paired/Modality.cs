using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Imaging.Datasets;

/// <summary>One kind of picture of a scene, in a folder that holds several kinds a scene: NAME + suffix is its file.</summary>
/// <param name="Name">What views and messages call it: terrain, height.</param>
/// <param name="Suffix">How its files end: <c>_t.png</c>.</param>
public abstract record Modality(string Name, string Suffix)
{
    /// <summary>Channels of its views.</summary>
    public abstract int Channels { get; }

    /// <summary>Reads one file.</summary>
    /// <exception cref="BadImageException">It cannot be read, or is not what the description says.</exception>
    internal abstract Partner Load(string path, DecodeRequest request, string name);

    /// <summary>What people should know of the files, in a sentence; null when nothing.</summary>
    internal virtual string? Note(IReadOnlyList<string> paths) => null;

    /// <summary>Checks the description.</summary>
    /// <exception cref="ImagingException">MS3053.</exception>
    public virtual void Check()
    {
        if (string.IsNullOrWhiteSpace(Name) || !FolderScan.IsPicture(Suffix))
            throw Refused($"it is called '{Name}' and its files end in '{Suffix}'", "give it a name and an ending such as _t.png");
        if (Bounds.Broken(this) is { } broken)
            throw Refused($"its {broken.Path} is out of range", $"set {broken.Path} to {broken.Takes}");
    }

    private protected ImagingException Refused(string what, string fix) =>
        new(ErrorIds.BadModality, $"the description of '{Name}' cannot be used: {what}", fix: fix);
}

/// <summary>Ordinary pictures, 8 bits a sample.</summary>
/// <param name="Name">What views call it.</param>
/// <param name="Suffix">How its files end.</param>
/// <param name="Color">As RGB or as gray. The first kind's pictures are read as <c>data.color</c> says.</param>
public sealed record PictureModality(string Name, string Suffix, Color Color = Color.Rgb) : Modality(Name, Suffix)
{
    /// <inheritdoc/>
    public override int Channels => Color == Color.Gray ? 1 : 3;

    internal override Partner Load(string path, DecodeRequest request, string name) =>
        Partner.Of(ImageDecoder.Load(path, request with { Color = Color, Bands = null }, name));
}

/// <summary>Height maps and the like: one channel of 16 bits. Files of 8 bits are spread over the range, which is said once.</summary>
/// <param name="Name">What views call it.</param>
/// <param name="Suffix">How its files end.</param>
/// <param name="Range">Which heights become 0 and 65,535, for TIFFs of floating-point numbers or of whole ones with a sign; null where all
/// files have 8 or 16 bits.</param>
public sealed record DepthModality(string Name, string Suffix, Augment.Range? Range = null) : Modality(Name, Suffix)
{
    /// <inheritdoc/>
    public override int Channels => 1;

    internal override Partner Load(string path, DecodeRequest request, string name) =>
        Partner.Of(ImageDecoder.LoadDeep(path, request with
        {
            Color = Color.Gray,
            Bands = null,
            Range = Range is { } heights ? new SampleRange(heights.Low, heights.High) : null,
        }, name));

    internal override string? Note(IReadOnlyList<string> paths)
    {
        int shallow = paths.Count(static path => !PngHead.HasSixteenBits(path));
        return shallow == 0 ? null
            : $"{(shallow == paths.Count ? "all" : shallow.ToString("N0"))} of the {paths.Count:N0} files of '{Name}' have 8 bits a "
            + $"sample: they are read, and know 256 steps where 65,536 are usual";
    }
}
