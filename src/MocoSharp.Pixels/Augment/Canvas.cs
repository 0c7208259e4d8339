using MocoSharp.Imaging.Augment.Kernels;

namespace MocoSharp.Imaging.Augment;

/// <summary>The picture that a view is made on, with all the memory that its operations need. One a thread; reuse it.</summary>
/// <remarks>
/// A loaded picture stays 8-bit until the first operation asks for pixels, so that a crop converts what it keeps and no more. A flip is
/// only noted: operations that treat left and right alike work on the pixels as they lie, and the last write mirrors them.
/// </remarks>
public sealed class Canvas
{
    private Image? _source;
    private Planes _pixels = new();
    private Planes _spare = new();
    private bool _mirrored;

    /// <summary>The picture's shape now.</summary>
    public ImageSize Size => _source is { } image ? new(image.Width, image.Height, image.Channels) : _pixels.Size;

    internal ResampleWeights Horizontal { get; } = new();

    internal ResampleWeights Vertical { get; } = new();

    internal bool Mirrored => _mirrored;

    /// <summary>The picture as it was loaded, or null once pixels were changed.</summary>
    internal Image? Source => _mirrored ? null : _source;

    /// <summary>Starts a new view. The picture is read later, so it must not change meanwhile.</summary>
    /// <param name="image">8 bits a sample, any number of channels.</param>
    public void Load(Image image) => (_source, _mirrored) = (image, false);

    /// <summary>Starts a new view of a partner: 16-bit samples keep their precision, and a map of classes becomes one plane of 0 and 1 a
    /// class.</summary>
    public void Load(Partner partner)
    {
        if (partner is { Plain: { } plain, Colors.Count: 0 })
        {
            Load(plain);
            return;
        }
        (_source, _mirrored) = (null, false);
        _pixels.Reshape(new(partner.Width, partner.Height, partner.Channels));
        PartnerKernel.Run(partner, _pixels);
    }

    /// <summary>The pixels as floats, left and right as they should be.</summary>
    public Planes Pixels()
    {
        Planes pixels = PixelsAsTheyLie();
        if (_mirrored)
            MirrorKernel.Run(pixels);
        _mirrored = false;
        return pixels;
    }

    /// <summary>The pixels as floats, for operations that give the same when left and right are swapped after instead of before.</summary>
    public Planes PixelsAsTheyLie()
    {
        if (_source is { } image)
        {
            _pixels.Reshape(new(image.Width, image.Height, image.Channels));
            ConvertKernel.Run(image, _pixels, this);
            _source = null;
        }
        return _pixels;
    }

    /// <summary>Memory of the given shape for an operation that cannot work in place; <see cref="Replace"/> makes it the picture.</summary>
    public Planes Spare(ImageSize size)
    {
        _spare.Reshape(size);
        return _spare;
    }

    /// <summary>Makes what was written to <see cref="Spare"/> the picture.</summary>
    public void Replace()
    {
        (_pixels, _spare) = (_spare, _pixels);
        _source = null;
    }

    /// <summary>Swaps left and right.</summary>
    public void Mirror() => _mirrored = !_mirrored;

    /// <summary>Floats for temporary values, at least so many. Their content is not set; the next call may hand out the same.</summary>
    internal Span<float> Scratch(int floats)
    {
        if (_scratch.Length < floats)
            _scratch = GC.AllocateArray<float>(floats + floats / 2, pinned: true);
        return _scratch.AsSpan(0, floats);
    }

    private float[] _scratch = [];
}
