using Google.Protobuf;
using Microsoft.Extensions.AI;
using MocoSharp.Exchange.Onnx.Schema;
using MocoSharp.Imaging;
using MocoSharp.Imaging.Codecs;
using PictureErrors = MocoSharp.Imaging.ErrorIds;

namespace MocoSharp.Embedding.Tests;

public sealed class OnnxEmbedderTests : IDisposable
{
    private readonly ExportedEncoder _exported = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, InlineData(1), InlineData(2), InlineData(7)]
    public async Task Vectors_keep_their_order_in_batches_of_any_size(int batch)
    {
        using OnnxEmbedder embedder = _exported.Open(new EmbedderOptions(BatchSize: batch));
        string[] paths = [.. Enumerable.Range(1, 9).Select(seed => _exported.Written($"{seed}.png", Png((ulong)seed)))];
        float[][] vectors = await embedder.EmbedAsync(paths, Cancel);
        Assert.Equal(paths.Length, vectors.Length);
        for (int i = 0; i < paths.Length; i++) ExportedEncoder.Same(embedder.Embed(paths[i]), vectors[i], least: 0.999999f);
        Assert.Empty(await embedder.EmbedAsync(Array.Empty<string>(), Cancel));
    }

    [Fact]
    public async Task Many_threads_share_one()
    {
        using OnnxEmbedder embedder = _exported.Open(new EmbedderOptions(Threads: 1));
        byte[][] files = [.. Enumerable.Range(1, 6).Select(static seed => Png((ulong)seed))];
        float[][] alone = [.. files.Select(file => embedder.Embed(file))];
        await Parallel.ForAsync(0, 60, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Cancel }, (at, _) =>
        {
            Assert.Equal(alone[at % files.Length], embedder.Embed(files[at % files.Length]));
            return ValueTask.CompletedTask;
        });
    }

    [Fact]
    public async Task Files_streams_bytes_and_generators_give_one_vector()
    {
        using OnnxEmbedder embedder = _exported.Open();
        byte[] file = Png(1);
        float[] vector = embedder.Embed(_exported.Written("a.png", file));
        using MemoryStream stream = new(file);
        Assert.Equal(vector, await embedder.EmbedAsync(stream, Cancel));
        Assert.True(stream.CanRead);
        Assert.Equal(vector, embedder.Embed(file));
        using OnnxEmbedder inMemory = OnnxEmbedder.Open(File.ReadAllBytes(_exported.Model));
        Assert.Equal(vector, inMemory.Embed(file));
        var generator = Assert.IsAssignableFrom<IEmbeddingGenerator<DataContent, Embedding<float>>>(embedder);
        GeneratedEmbeddings<Embedding<float>> made = await generator.GenerateAsync(
            [new DataContent(file, "image/png"), new DataContent(Png(2), "image/png")], cancellationToken: Cancel);
        Assert.Equal(2, made.Count);
        ExportedEncoder.Same(vector, made[0].Vector.ToArray(), least: 0.999999f);
        Assert.Equal(("resnet18-small", _exported.Features), (made[0].ModelId, made[0].Dimensions));
        EmbeddingGeneratorMetadata metadata = generator.GetRequiredService<EmbeddingGeneratorMetadata>();
        Assert.Equal(_exported.Features, metadata.DefaultModelDimensions);
        Assert.Same(embedder, generator.GetService<OnnxEmbedder>());
        Assert.Null(generator.GetService(typeof(OnnxEmbedder), "key"));
    }

    [Fact]
    public async Task Other_dimensions_are_refused()
    {
        using OnnxEmbedder embedder = _exported.Open();
        OptionException error = await Assert.ThrowsAsync<OptionException>(() => embedder.GenerateAsync(
            [new DataContent(Png(1), "image/png")], new EmbeddingGenerationOptions { Dimensions = 7 }, Cancel));
        Assert.Equal($"dimensions is 7, and resnet18-small gives {_exported.Features} numbers a picture", error.Message);
    }

    [Fact]
    public void What_is_no_picture_is_named()
    {
        using OnnxEmbedder embedder = _exported.Open();
        Assert.Equal(PictureErrors.EmptyFile, Refused("empty.jpg", []).Id);
        Assert.Equal(PictureErrors.UnknownFormat, Refused("text.jpg", "not a picture at all"u8.ToArray()).Id);
        Assert.Equal(PictureErrors.UnsupportedKind, Refused("a.tif", [.. "II*\0"u8, 8, 0, 0, 0, 0, 0, 0, 0]).Id);
        Assert.Equal(PictureErrors.UnreadableFile, Assert.Throws<BadImageException>(() => embedder.Embed(_exported.At("none.jpg"))).Id);
        Assert.Equal(PictureErrors.UnreadableFile, Assert.Throws<BadImageException>(() => embedder.Embed(_exported.At("."))).Id);
        byte[] png = Png(1), jpeg = ImageEncoder.Jpeg(Scenes.Of(1)), webp = ImageEncoder.WebP(Scenes.Of(1), 80);
        foreach (byte[] file in new[] { png, jpeg, webp })
            Assert.True(Refused("half", file[..(file.Length / 2)]).Id is PictureErrors.Truncated or PictureErrors.Corrupt);
        Assert.Equal(PictureErrors.Corrupt, Refused("head", png[..20]).Id);

        BadImageException Refused(string name, byte[] file)
        {
            string path = _exported.Written(name, file);
            BadImageException error = Assert.Throws<BadImageException>(() => embedder.Embed(path));
            Assert.Equal(path, error.At);
            Assert.NotNull(error.Fix);
            return error;
        }
    }

    [Fact]
    public async Task One_bad_picture_among_many_is_named_and_nothing_is_given()
    {
        using OnnxEmbedder embedder = _exported.Open();
        string[] paths = [_exported.Written("a.png", Png(1)), _exported.Written("bad.png", [1, 2, 3]), _exported.Written("c.png", Png(3))];
        BadImageException error = await Assert.ThrowsAsync<BadImageException>(() => embedder.EmbedAsync(paths, Cancel));
        Assert.Equal(paths[1], error.At);
    }

    // the first one is decoded for a while before it ends, so that other threads meet the others before
    [Fact]
    public async Task Of_several_unreadable_pictures_the_first_is_told()
    {
        using OnnxEmbedder embedder = _exported.Open(new EmbedderOptions(Threads: 4));
        byte[] large = ImageEncoder.Png(new Image(3000, 3000, 3));
        string[] paths = [_exported.Written("cut.png", large[..(large.Length / 2)]),
            .. Enumerable.Range(1, 23).Select(at => _exported.Written($"{at}.png", [1, 2, 3]))];
        BadImageException error = await Assert.ThrowsAsync<BadImageException>(() => embedder.EmbedAsync(paths, Cancel));
        Assert.Equal(paths[0], error.At);
    }

    [Fact]
    public void Hostile_sizes_are_refused_before_memory_is_taken()
    {
        using OnnxEmbedder embedder = _exported.Open(), narrow = _exported.Open(new EmbedderOptions(MaximumPixels: 1000));
        byte[] png = Png(1);
        png[16] = png[20] = 0x7F;      // 2 billion by 2 billion
        Assert.True(Assert.Throws<BadImageException>(() => embedder.Embed(png)).Id is PictureErrors.TooLarge or PictureErrors.Corrupt);
        byte[] jpeg = ImageEncoder.Jpeg(new Image(8, 8, 3));
        int frame = jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
        (jpeg[frame + 5], jpeg[frame + 6], jpeg[frame + 7], jpeg[frame + 8]) = (0x7F, 0xFF, 0x7F, 0xFF);
        Assert.Equal(PictureErrors.TooLarge, Assert.Throws<BadImageException>(() => embedder.Embed(jpeg)).Id);
        Assert.Equal(PictureErrors.TooLarge, Assert.Throws<BadImageException>(() => narrow.Embed(Png(1))).Id);
        using Endless endless = new();
        Assert.Equal(PictureErrors.TooLarge, Assert.Throws<BadImageException>(() => narrow.Embed(endless)).Id);
        Assert.InRange(endless.Given, 1, 4 << 20);
    }

    [Fact]
    public void A_closed_stream_is_told()
    {
        using OnnxEmbedder embedder = _exported.Open();
        MemoryStream closed = new(Png(1));
        closed.Dispose();
        MocoException error = Assert.Throws<MocoException>(() => embedder.Embed(closed));
        Assert.Equal(ErrorIds.UnreadableStream, error.Id);
    }

    [Fact]
    public void Pixels_of_other_channels_are_told()
    {
        using OnnxEmbedder embedder = _exported.Open();
        MocoException error = Assert.Throws<MocoException>(() => embedder.Embed(new Image(4, 4, 1)));
        Assert.Equal(ErrorIds.OtherPixels, error.Id);
    }

    [Fact]
    public void Files_that_are_no_exported_encoder_say_what_is_missing()
    {
        Assert.Equal(ErrorIds.BadModel, Refused(_exported.At("none.onnx")).Id);
        Assert.Equal(ErrorIds.BadModel, Refused(Path.GetDirectoryName(_exported.Model)!).Id);
        Assert.Equal(ErrorIds.BadModel, Refused(_exported.Written("text.onnx", "hello"u8.ToArray())).Id);
        byte[] whole = File.ReadAllBytes(_exported.Model);
        Assert.Equal(ErrorIds.BadModel, Refused(_exported.Written("half.onnx", whole[..(whole.Length / 2)])).Id);
        Assert.Equal(ErrorIds.NotAnEncoder, Refused(Changed(static model => model.MetadataProps.Clear())).Id);
        Assert.Equal(ErrorIds.NotAnEncoder, Refused(Changed(static model => Text(model, "{\"color\":\"infrared\"}"))).Id);
        Assert.Equal(ErrorIds.NotAnEncoder, Refused(Changed(static model => Text(model, "["))).Id);
        Assert.Equal(ErrorIds.NotAnEncoder, Refused(Changed(static model => Text(model, Preparation(model).Replace(
            "\"size\":32", "\"size\":48", StringComparison.Ordinal)))).Id);
        MocoException step = Refused(Changed(static model => Text(model, Preparation(model).Replace(
            "center_fit", "warp", StringComparison.Ordinal))));
        Assert.Equal(ErrorIds.OtherPreparation, step.Id);
        Assert.Contains("warp", step.Message, StringComparison.Ordinal);

        static MocoException Refused(string path)
        {
            MocoException error = Assert.Throws<MocoException>(() => OnnxEmbedder.Open(path));
            Assert.Equal(path, error.At);
            Assert.NotNull(error.Fix);
            return error;
        }
    }

    [Fact]
    public void Options_out_of_range_are_told() =>
        Assert.Equal("batchSize", Assert.Throws<OptionException>(() => _exported.Open(new EmbedderOptions(BatchSize: 0))).Option);

    public void Dispose() => _exported.Dispose();

    private static byte[] Png(ulong seed) => ImageEncoder.Png(Scenes.Of(seed));

    private string Changed(Action<ModelProto> change)
    {
        ModelProto model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(_exported.Model));
        change(model);
        return _exported.Written("changed.onnx", model.ToByteArray());
    }

    private static string Preparation(ModelProto model) => model.MetadataProps.Single(static text => text.Key == "preprocessing").Value;

    private static void Text(ModelProto model, string text) =>
        model.MetadataProps.Single(static one => one.Key == "preprocessing").Value = text;

    // a stream without an end that looks like a picture
    private sealed class Endless : Stream
    {
        internal long Given { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => Given;
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            buffer.AsSpan(offset, count).Fill(0xFF);
            Given += count;
            return count;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
