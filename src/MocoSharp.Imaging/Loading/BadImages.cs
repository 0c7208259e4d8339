using System.Globalization;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Datasets;

namespace MocoSharp.Imaging.Loading;

/// <summary>Keeps account of unreadable pictures, each once, and finds their stand-ins. Safe to use from many threads.</summary>
internal sealed class BadImages(IImageSource source, float maximumShare)
{
    private const int Named = 5;
    private readonly SortedDictionary<int, BadImage> _bad = [];
    private readonly Lock _gate = new();
    private volatile int _count;

    /// <summary>All that were found so far, by index.</summary>
    public IReadOnlyList<BadImage> List()
    {
        lock (_gate)
            return [.. _bad.Values];
    }

    /// <summary>Loads a picture, or the next readable one by index (after the last comes the first): the same one on any thread.</summary>
    /// <exception cref="ImagingException">MS3203: too many are unreadable.</exception>
    public (Image Image, int Index) Load(int index, DecodeRequest request, ImageMemory memory)
    {
        if (AreTooMany)
            throw TooMany();
        for (int tried = 0, at = index; tried < source.Count; tried++, at = (at + 1) % source.Count)
        {
            if (_count > 0 && IsKnown(at))
                continue;
            try
            {
                return (source.Load(at, request, memory), at);
            }
            catch (BadImageException exception)
            {
                Add(new BadImage(at, source.Name(at), exception.Message));
            }
        }
        throw TooMany();
    }

    private bool AreTooMany => _count > (double)maximumShare * source.Count || _count == source.Count;

    private bool IsKnown(int index)
    {
        lock (_gate)
            return _bad.ContainsKey(index);
    }

    private void Add(BadImage image)
    {
        lock (_gate)
        {
            _bad.TryAdd(image.Index, image);
            _count = _bad.Count;
            if (AreTooMany)
                throw TooMany();
        }
    }

    private ImagingException TooMany()
    {
        lock (_gate)
        {
            string share = maximumShare.ToString("0.##%", CultureInfo.InvariantCulture);
            string first = string.Join("; ", _bad.Values.Take(Named).Select(bad => $"{bad.Name}: {bad.Reason}"));
            return _bad.Count == source.Count
                ? new ImagingException(ErrorIds.TooManyBadPictures, $"none of the {source.Count} pictures can be read: {first}", at: _bad.Values.First().Name,
                    fix: "look at the named files; if other programs open them, their format is one that is not supported here")
                : new ImagingException(ErrorIds.TooManyBadPictures,
                    $"{_bad.Count} of {source.Count} pictures cannot be read, and at most {share} may be so: {first}",
                    at: _bad.Values.First().Name, fix: "fix or remove the named files, or raise maximumBadShare");
        }
    }
}
