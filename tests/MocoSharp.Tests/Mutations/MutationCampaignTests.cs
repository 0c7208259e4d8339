using System.Diagnostics;
using System.Globalization;
using MocoSharp.Imaging;

namespace MocoSharp.Tests.Mutations;

/// <summary>Damaged files of every kind that is read: a clear error or a value, soon, and in the memory that they may claim.
/// <c>tools/mutate</c> runs many more.</summary>
public sealed class MutationCampaignTests(ITestOutputHelper output) : TensorTest
{
    private const int Usual = 400, SlowMilliseconds = 2000, DeadMilliseconds = 60_000, Attempts = 3;
    private const long RuntimeBytes = 8 << 20;     // what the runtime may take meanwhile: compiled code, the collector's own pages

    [Theory]
    [InlineData("jpeg")]
    [InlineData("png")]
    [InlineData("webp")]
    [InlineData("tiff")]
    [InlineData("bmp")]
    [InlineData("gif")]
    [InlineData("heic")]
    [InlineData("avif")]
    [InlineData("jxl")]
    [InlineData("jp2")]
    [InlineData("idx")]
    [InlineData("idx-labels")]
    [InlineData("idx-gzip")]
    [InlineData("cifar")]
    [InlineData("cifar100")]
    [InlineData("safetensors")]
    [InlineData("head")]
    [InlineData("recipe")]
    [InlineData("labels")]
    [InlineData("npy")]
    [InlineData("embeddings-csv")]
    [InlineData("embeddings-safetensors")]
    [InlineData("embeddings-parquet")]
    [InlineData("names")]
    [InlineData("index")]
    [InlineData("index-rows")]
    [InlineData("index-rows-unsealed")]
    [InlineData("pytorch")]
    [InlineData("pytorch-pickle")]
    [InlineData("pytorch-legacy")]
    [InlineData("weights-npy")]
    [InlineData("weights-npz")]
    [InlineData("weights-safetensors")]
    [InlineData("onnx")]
    public void A_damaged_file_gives_a_clear_error_or_a_value_soon_and_in_bounded_memory(string kind)
    {
        Assert.SkipWhen(Environment.GetEnvironmentVariable("MOCOSHARP_KIND") is { Length: > 0 } only && only != kind,
            "another kind was asked for");
        int first = Setting("MOCOSHARP_FIRST_MUTANT", 0), count = Setting("MOCOSHARP_MUTANTS", Usual), current = -1;
        Reader reader = Readers.Of(kind);
        string folder = Directory.CreateTempSubdirectory("mutants-").FullName;
        Counts counts = new();
        // A reader that never ends cannot be stopped; the process says which file it is and ends.
        Stopwatch since = Stopwatch.StartNew();
        using Timer watch = new(_ =>
        {
            if (since.ElapsedMilliseconds > DeadMilliseconds)
                Environment.FailFast($"{kind}, mutant {Volatile.Read(ref current)}: no end after {DeadMilliseconds} ms");
        }, null, 1000, 1000);
        for (int number = first; number < first + count; number++)
        {
            Volatile.Write(ref current, number);
            since.Restart();
            Rng rng = Rng.For(1, number);
            byte[] file = reader.Mutate(reader.Seeds[rng.NextInt32(reader.Seeds.Count)], ref rng);
            One($"{kind}, mutant {number}", reader, file, folder, counts);
        }
        Directory.Delete(folder, recursive: true);
        output.WriteLine(
            $"{kind}: {count} mutants, {counts.Read} read, {counts.Refused} refused, slowest {counts.Slowest} ms, most allocated "
            + $"{counts.Most} bytes, most grown by {counts.MostGrown} bytes");
        Assert.True(counts.Refused > 0 && counts.Refused + counts.Read == count);
    }

    [Fact]
    public void A_reader_that_waits_without_working_fails_as_a_slow_one_does()
    {
        using ManualResetEventSlim never = new();
        int asked = 0;
        Reader blocking = new([[]], static (byte[] seed, ref Rng rng) => seed,
            (_, _) => { asked++; never.Wait(60, TestContext.Current.CancellationToken); }, static _ => 1 << 20);
        Assert.Contains("took", Assert.ThrowsAny<Exception>(() =>
            One("blocking", blocking, [], "", new Counts(), slowMilliseconds: 50)).Message, StringComparison.Ordinal);
        Assert.Equal(Attempts, asked);
    }

    private static void One(string name, Reader reader, byte[] file, string folder, Counts counts, int slowMilliseconds = SlowMilliseconds)
    {
        for (int attempt = 0; ; attempt++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread(), resident = PeakMemory.Reset();
            Stopwatch clock = Stopwatch.StartNew();
            bool read = true;
            try
            {
                reader.Read(file, folder);
            }
            catch (Exception error) when (error is ImagingException or MocoException or TorchException)
            {
                read = false;
                Assert.False(string.IsNullOrWhiteSpace(error.Message), name);
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"{name} ({file.Length} bytes): {error.GetType().Name}: {error.Message}", error);
            }
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            // The first file that is read makes tables that stay, and what it allocates must be allocated again.
            bool isLast = attempt == Attempts - 1, costly = allocated > reader.Limit(file);
            Assert.False(costly && isLast, $"{name} ({file.Length} bytes) made reading allocate {allocated} bytes");
            // Native memory counts too: the codecs' own. What grew must grow again, for the collector may have chosen this moment to take a
            // new region.
            long grown = PeakMemory.Bytes() - resident;
            bool large = grown > reader.Limit(file) + RuntimeBytes;
            Assert.False(large && isLast, $"{name} ({file.Length} bytes) made the process grow by {grown} bytes");
            // On a busy machine a moment may be long: what is slow must be slow each time. Waiting counts like working.
            bool slow = clock.ElapsedMilliseconds > slowMilliseconds;
            Assert.False(slow && isLast, $"{name} ({file.Length} bytes) took {clock.ElapsedMilliseconds} ms");
            if ((slow || large || costly) && !isLast) continue;
            counts.Add(read, clock.ElapsedMilliseconds, allocated, grown);
            return;
        }
    }

    private static int Setting(string name, int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int value) ? value : usual;

    private sealed class Counts
    {
        internal int Read { get; private set; }

        internal int Refused { get; private set; }

        internal long Slowest { get; private set; }

        internal long Most { get; private set; }

        internal long MostGrown { get; private set; }

        internal void Add(bool read, long milliseconds, long allocated, long grown)
        {
            MostGrown = Math.Max(MostGrown, grown);
            (Read, Refused) = read ? (Read + 1, Refused) : (Read, Refused + 1);
            (Slowest, Most) = (Math.Max(Slowest, milliseconds), Math.Max(Most, allocated));
        }
    }
}
