using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Loading;

namespace MocoSharp.Imaging.Datasets.Packing;

/// <summary>How far a packing is.</summary>
/// <param name="Done">Pictures done, those of an earlier attempt included.</param>
/// <param name="Resumed">Pictures that an earlier attempt had done.</param>
/// <param name="Total">Pictures in all.</param>
/// <param name="Bytes">Bytes written.</param>
public sealed record PackProgress(int Done, int Resumed, int Total, long Bytes);

/// <summary>What a packing made.</summary>
/// <param name="Pictures">In the file.</param>
/// <param name="Bytes">The file's length.</param>
/// <param name="LeftOut">Unreadable pictures, each with its reason.</param>
public sealed record PackResult(int Pictures, long Bytes, IReadOnlyList<string> LeftOut);

/// <summary>Puts a data set's pictures into one file that is fast to read. The same data set and options give the same bytes.</summary>
/// <remarks>The file grows under the name FILE.partial, with a journal beside it, and gets its own name when it is whole and on the disk.
/// After a kill the same call goes on where the last one stopped; what that one wrote is checked first, and pictures that it could not read
/// are tried again.
/// </remarks>
public static class Packer
{
    private const int PerWorker = 64;

    /// <summary>Packs.</summary>
    /// <param name="splits">The pictures; training comes first in the file.</param>
    /// <param name="path">The file to make.</param>
    /// <param name="options">Format and size.</param>
    /// <param name="progress">Told after each chunk.</param>
    /// <param name="replace">Whether a file of this name may be replaced.</param>
    /// <param name="cancel">Stops between chunks; the same call goes on later.</param>
    /// <exception cref="ImagingException">MS3043: the file is there already, or another program is packing it. MS3203: too many pictures
    /// are unreadable.</exception>
    public static PackResult Run(
        DataSplits splits, string path, PackOptions options, Action<PackProgress>? progress = null, bool replace = false,
        CancellationToken cancel = default)
    {
        options.Check();
        if (File.Exists(path) && !replace)
            throw new ImagingException(ErrorIds.CannotPack, "there is a file of this name already", path,
                "choose another name, or allow to replace it: --force");
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
            Directory.CreateDirectory(folder);
        if (splits.Unlabeled is { } unlabeled)
            throw new ImagingException(ErrorIds.CannotPack,
                $"the data set keeps {unlabeled.Count:N0} unlabeled pictures apart, and a packed file has no place for them", path,
                "train on the data set as it is: its own files are read as fast as packed ones");
        IImageSource[] sources = splits.Test is null ? [splits.Train] : [splits.Train, splits.Test];
        string partial = path + ".partial", notes = partial + ".journal";
        PackJournal journal;
        long length;
        using (SafeFileHandle data = Open(partial))
        using (SafeFileHandle log = Open(notes))
        {
            journal = PackJournal.Resume(log, data, Fingerprint(sources, options));
            if (FirstMended(sources, journal, options) is { } changed)
                journal.CutTo(log, data, changed);
            WritePictures(sources, journal, data, log, options, progress, cancel);
            length = PackTail.Write(data, journal, sources, options);
        }
        File.Move(partial, path, overwrite: replace);
        File.Delete(notes);
        return new PackResult(journal.Records.Count - journal.LeftOut.Count, length, journal.LeftOut);
    }

    // The first picture that an earlier attempt could not read and that can be read now.
    private static int? FirstMended(IImageSource[] sources, PackJournal journal, PackOptions options)
    {
        if (journal.LeftOut.Count == 0)
            return null;
        PictureEncoder encoder = new(options);
        for (int i = 0; i < journal.Records.Count; i++)
            if (journal.Records[i].IsLeftOut && !One(sources, i, encoder).Record.IsLeftOut)
                return i;
        return null;
    }

    private static void WritePictures(
        IImageSource[] sources, PackJournal journal, SafeFileHandle data, SafeFileHandle log, PackOptions options,
        Action<PackProgress>? progress, CancellationToken cancel)
    {
        int workers = options.Workers > 0 ? options.Workers : Environment.ProcessorCount, total = sources.Sum(source => source.Count),
            resumed = journal.Records.Count;
        using ThreadLocal<PictureEncoder> encoders = new(() => new PictureEncoder(options));
        for (int first = resumed; ;)
        {
            progress?.Invoke(new PackProgress(first, resumed, total, journal.DataEnd));
            CheckShare(journal, total, options);
            if (first >= total)
                return;
            cancel.ThrowIfCancellationRequested();
            (PackRecord Record, byte[] Bytes)[] chunk = new (PackRecord, byte[])[Math.Min(PerWorker * workers, total - first)];
            int start = first;
            try
            {
                Parallel.For(0, chunk.Length, new ParallelOptions { MaxDegreeOfParallelism = workers },
                    i => chunk[i] = One(sources, start + i, encoders.Value!));
            }
            catch (AggregateException errors)
            {
                ExceptionDispatchInfo.Throw(errors.InnerExceptions[0]);
            }
            long at = journal.DataEnd;
            for (int i = 0; i < chunk.Length; i++)
            {
                (PackRecord record, byte[] bytes) = chunk[i];
                if (record.IsLeftOut)
                    continue;
                RandomAccess.Write(data, bytes, at);
                chunk[i].Record = record with { Entry = record.Entry with { At = (ulong)at } };
                at += bytes.Length;
            }
            journal.Append(log, chunk.Select(one => one.Record));
            first += chunk.Length;
        }
    }

    private static (PackRecord Record, byte[] Bytes) One(IImageSource[] sources, int index, PictureEncoder encoder)
    {
        byte split = (byte)(index < sources[0].Count ? 0 : 1);
        (IImageSource source, int own) = (sources[split], split == 0 ? index : index - sources[0].Count);
        try
        {
            (PackEntry entry, byte[] bytes) = encoder.Encode(source, own);
            return (new PackRecord(split, IsLeftOut: false, entry, source.Name(own)), bytes);
        }
        catch (BadImageException bad)
        {
            return (new PackRecord(split, IsLeftOut: true, default, $"{source.Name(own)}: {bad.Message}"), []);
        }
    }

    private static void CheckShare(PackJournal journal, int total, PackOptions options)
    {
        IReadOnlyList<string> bad = journal.LeftOut;
        if (bad.Count > BadImages.Allowed(total, options.MaximumBadShare) || bad.Count == total)
            throw new ImagingException(ErrorIds.TooManyBadPictures,
                $"{bad.Count} of {total} pictures cannot be read: {string.Join("; ", bad.Take(5))}", bad[0].Split(": ")[0],
                bad.Count == total ? "say how they are to be read: --recipe, with --set data.channels or data.range; or fix the named files"
                : "fix or remove the named files, or allow more: --bad-share 0.1");
    }

    private static SafeFileHandle Open(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error) when (error is not (DirectoryNotFoundException or FileNotFoundException))
        {
            throw new ImagingException(ErrorIds.CannotPack, $"the file cannot be written: {error.Message}", path,
                "wait for the other program that packs it, or choose another name", error);
        }
    }

    private static string ReadingOf(DecodeRequest reading) =>
        $"{reading.Color} {reading.MaximumPixels} {reading.Background} {reading.Range} "
        + $"{(reading.Bands is { } bands ? $"{string.Join(',', bands.Names)} {string.Join(' ', bands.Ranges)}" : "")}";

    private static ulong Fingerprint(IImageSource[] sources, PackOptions options)
    {
        StringBuilder text =
            new($"{PackHeader.CurrentVersion} {options.Format} {options.Size} {options.Quality} {ReadingOf(options.Reading)}\n");
        uint[] sums = [0, 0];
        foreach (IImageSource source in sources)
        {
            text.Append(source.Count).Append('\n').AppendJoin('\n', source.Classes).Append('\n');
            for (int i = 0; i < source.Count; i++)
            {
                // two running sums over all names and labels: no list of millions of names in memory
                uint name = Checksum.Of(Encoding.UTF8.GetBytes($"{source.Name(i)}\0{source.Label(i)}"));
                sums[0] = Checksum.Of(MemoryMarshal.AsBytes<uint>([sums[0], name]));
                sums[1] = unchecked(sums[1] * 31 + name);
            }
        }
        uint head = Checksum.Of(Encoding.UTF8.GetBytes(text.ToString()));
        return ((ulong)Checksum.Of(MemoryMarshal.AsBytes<uint>([head, sums[0]])) << 32) | (sums[1] ^ head);
    }
}
