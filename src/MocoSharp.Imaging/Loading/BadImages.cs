using System.Diagnostics;
using System.Globalization;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Datasets;

namespace MocoSharp.Imaging.Loading;

/// <summary>Keeps account of unreadable pictures, each once, and finds their stand-ins. Safe to use from many threads.</summary>
internal sealed class BadImages(IImageSource source, double maximumShare)
{
    private const int Named = 20;
    private static readonly TimeSpan s_survey = TimeSpan.FromSeconds(10);
    private readonly SortedDictionary<int, BadImage> _bad = [];
    private readonly Lock _gate = new(), _surveying = new();
    private readonly int _allowed = Allowed(source.Count, maximumShare);
    private volatile int _count;
    private ImagingException? _unfit;
    private string? _firstFix;
    private int? _seen;         // pictures that the survey tried, once it was made

    /// <summary>How many of some pictures may be unreadable: the share of them, rounded up.</summary>
    internal static int Allowed(int count, double share) => (int)Math.Ceiling(count * share - 1e-6 * count);

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
        for (int tried = 0, at = index; tried < source.Count; tried++, at = (at + 1) % source.Count)
        {
            if (AreTooMany)
                throw TooMany(request);
            if (_count > 0 && IsKnown(at))
                continue;
            try
            {
                return (source.Load(at, request, memory), at);
            }
            catch (BadImageException exception)
            {
                Add(at, exception);
            }
        }
        throw TooMany(request);
    }

    private bool AreTooMany => _count > _allowed || _count == source.Count;

    private bool IsKnown(int index)
    {
        lock (_gate)
            return _bad.ContainsKey(index);
    }

    /// <summary>Counts a picture that is read and does not fit the views, to which it is as good as unreadable.</summary>
    internal void AddUnfit(int index, ImagingException error)
    {
        lock (_gate)
            _unfit ??= new ImagingException(error.Id, error.Message, source.Name(index), error.Fix, error);
        Add(index, error);
    }

    private void Add(int index, ImagingException exception)
    {
        lock (_gate)
        {
            _bad.TryAdd(index, new BadImage(index, source.Name(index), exception.Message));
            _count = _bad.Count;
            _firstFix ??= exception.Fix;
        }
    }

    private ImagingException TooMany(DecodeRequest request)
    {
        lock (_gate)
            if (_unfit is not null)
                return _unfit;      // its fix is the views'
        lock (_surveying)
            _seen ??= Survey(request);
        lock (_gate)
        {
            string share = maximumShare.ToString("0.##%", CultureInfo.InvariantCulture);
            string first = string.Join("; ", _bad.Values.Take(Named).Select(bad => $"{bad.Name}: {bad.Reason}"))
                + (_bad.Count > Named ? "; …" : "");
            string found = _seen == source.Count ? $"{_bad.Count} of {source.Count} pictures cannot be used"
                : $"{_bad.Count} pictures cannot be used, of the {source.Count} not all of which were tried";
            return _bad.Count == source.Count
                ? new ImagingException(ErrorIds.TooManyBadPictures, $"none of the {source.Count} pictures can be read: {first}",
                at: _bad.Values.First().Name,
                    fix: _firstFix
                    ?? "look at the named files; if other programs open them, their format is one that is not supported here")
                : new ImagingException(ErrorIds.TooManyBadPictures, $"{found}, and at most {_allowed} ({share}) may be so: {first}",
                at: _bad.Values.First().Name,
                    fix: "fix or remove the named files, or raise maximumBadShare (--set data.maximumBadShare=0.1)");
        }
    }

    /// <summary>Tries the other pictures too, for some seconds, so that one round names all that have to be fixed.</summary>
    private int Survey(DecodeRequest request)
    {
        long start = Stopwatch.GetTimestamp();
        ImageMemory memory = new();
        for (int i = 0; i < source.Count; i++)
        {
            if (Stopwatch.GetElapsedTime(start) > s_survey)
                return i;
            if (IsKnown(i))
                continue;
            try
            {
                _ = source.Load(i, request, memory);
            }
            catch (BadImageException exception)
            {
                Add(i, exception);
            }
        }
        return source.Count;
    }
}
