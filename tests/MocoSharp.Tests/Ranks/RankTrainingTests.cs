using System.Net;
using System.Net.Sockets;
using MocoSharp.Encoders;
using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Loading;
using MocoSharp.Recipes;
using MocoSharp.Runs;
using MocoSharp.Tests.Methods;
using MocoSharp.Tests.Training;
using MocoSharp.Training;

namespace MocoSharp.Tests.Ranks;

/// <summary>Whole trainings over ranks, each a thread here.</summary>
public sealed class RankTrainingTests : TensorTest
{
    private const int Pictures = 32;
    private int _bad;
    private readonly string _root = Directory.CreateTempSubdirectory("moco-ranks").FullName;

    [Theory, InlineData(2), InlineData(4)]
    public void Loaders_that_share_batches_give_what_one_gives(int ranks)
    {
        TinySource source = new(37);
        ViewRecipe views = TinyRecipes.For("moco").ViewRecipe();
        List<int> one = Seen(new LoaderOptions { BatchSize = 8 }), all = [.. new int[one.Count]];
        for (int rank = 0; rank < ranks; rank++)
            foreach ((int place, int picture) in Seen(new LoaderOptions { BatchSize = 8 / ranks, Share = rank, Shares = ranks }).Index())
                all[place * ranks + rank] = picture;
        Assert.Equal(one, all);
        Assert.Equal(one.Count, one.Distinct().Count());

        List<int> Seen(LoaderOptions options)
        {
            List<int> seen = [];
            foreach (ViewBatch batch in new ViewLoader(source, views, options).Epoch(3))
                using (batch) seen.AddRange(batch.Indices.ToArray());
            return seen;
        }
    }

    [Fact]
    public void A_run_goes_on_with_2_4_and_1_ranks_from_the_middle_of_an_epoch()
    {
        // no batch norm: over four pictures it makes 1% of a rounding within four updates, and the sweep in fp64 covers it
        Recipe recipe = Elastic() with { Encoder = new VisionTransformerOptions("vit-tiny", Width: 1.0 / 3, Side: 8, PatchSize: 4) };
        TrainingResult whole = OneRank("whole", recipe, ranks: 1, steps: null)!;
        _ = OneRank("parts", recipe, ranks: 1, steps: 1);
        foreach ((int ranks, int? steps) in new (int, int?)[] { (2, 3), (4, 6), (1, null) }) _ = OneRank("parts", recipe, ranks, steps);
        double[] one = Losses(whole.Folder), parts = Losses(new RunFolder(Path.Combine(_root, "parts")));
        Assert.Equal(one.Length, parts.Length);
        foreach ((double expected, double given) in one.Zip(parts)) Assert.Equal(expected, given, tolerance: 1e-4 * Math.Abs(expected));
    }

    [Fact]
    public void Metrics_tell_of_every_rank_and_only_rank_0_writes()
    {
        TrainingResult result = OneRank("run", Elastic(), ranks: 2, steps: null)!;
        IReadOnlyList<RankMetrics> ranks = result.Metrics[^1].Ranks!;
        Assert.Equal([0, 1], ranks.Select(static rank => rank.Rank));
        Assert.All(ranks, static rank => Assert.True(rank.BytesSent > 0 && rank.ImagesPerSecond > 0));
        Assert.Equal(ranks.Sum(static rank => rank.ImagesPerSecond), result.Metrics[^1].ImagesPerSecond, tolerance: 1e-6);
    }

    [Fact]
    public void Unreadable_pictures_of_all_ranks_count_once_each()
    {
        _bad = 3;
        Recipe recipe = Elastic();
        TrainingResult result = OneRank("run", recipe with { Data = recipe.Data with { MaximumBadShare = 0.5 } }, ranks: 2, steps: null)!;
        Assert.Equal(3, result.Metrics[^1].BadImages);
    }

    [Fact]
    public void Another_recipe_on_one_rank_is_refused_by_both_with_what_differs()
    {
        Recipe recipe = Elastic();
        Exception[] errors = Run("run", rank => rank == 0 ? recipe : recipe with { LearningRate = new CosineRate(0.02) }, 2, null).Errors;
        Assert.All(errors, static error => Assert.Equal("MS5267", Assert.IsType<MocoException>(error).Id));
        Assert.Contains("what the recipe teaches differs", errors[1].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("training.batchSize is 6", 6, 4)]
    [InlineData("training.batchSize is 4", 4, 4)]
    public void A_batch_that_cannot_be_shared_is_refused(string expected, int batch, int ranks)
    {
        Recipe recipe = Elastic() with { Encoder = Tiny.EncoderOptions };
        recipe = recipe with { Training = recipe.Training with { BatchSize = batch } };
        Exception[] errors = Run("run", _ => recipe, ranks, null).Errors;
        Assert.Contains(errors, error => error is MocoException { Id: "MS5268" }
            && error.Message.StartsWith(expected, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(3, 2, "there are 3 pictures to train on, and 2 ranks need 4: 2 each", "add pictures, or train in one process")]
    [InlineData(9, 8, "there are 9 pictures to train on, and 8 ranks need 16: 2 each", "add pictures, or start 4 ranks or fewer")]
    [InlineData(9, 2, "training.batchSize is 16, and there are 9 pictures to train on", "training.batchSize=8")]
    public void More_ranks_than_the_pictures_suffice_for_are_refused(int pictures, int ranks, string what, string fix)
    {
        MocoException error = Assert.Throws<MocoException>(() => RankChecks.Require(Elastic(), ranks, pictures));
        Assert.Equal("MS5268", error.Id);
        Assert.StartsWith(what, error.Message, StringComparison.Ordinal);
        Assert.Contains(fix, error.Fix, StringComparison.Ordinal);
        int enough = fix.Contains("4 ranks", StringComparison.Ordinal) ? 4 : ranks;
        if (pictures > 4) RankChecks.Require(Elastic() with { Training = Elastic().Training with { BatchSize = 8 } }, enough, pictures);
    }

    [Fact]
    public void A_part_that_one_rank_cannot_do_ends_it_for_all_with_the_reason()
    {
        Exception[] errors = Sessions(2, (rank, session) => session.Work.Do(() =>
        {
            if (rank == 1) throw new MocoException("MS5001", "there is no picture");
        }));
        Assert.Equal(["MS5001", "MS5350"], errors.Select(static error => ((MocoException)error).Id).Order());
        Assert.Contains(errors, static error => error.Message.StartsWith("rank 1 (", StringComparison.Ordinal)
            && error.Message.EndsWith("could not do its part: there is no picture", StringComparison.Ordinal));
    }

    [Fact]
    public void A_part_that_one_rank_is_asked_to_stop_in_stops_on_all()
    {
        Exception[] errors = Sessions(2, static (rank, session) => session.Work.Do(() =>
        {
            if (rank == 1) throw new OperationCanceledException();
        }));
        Assert.Equal(2, errors.Length);
        Assert.All(errors, static error => Assert.IsType<OperationCanceledException>(error));
    }

    [Fact]
    public void Ranks_that_do_not_come_are_named()
    {
        RankSettings settings = new(0, 3, 0, 1, "127.0.0.1", FreePort()) { MeetingTime = TimeSpan.FromSeconds(1), NetworkInterface = "lo" };
        MocoException error = Assert.Throws<MocoException>(() => RankSession.Meet(settings, TimeProvider.System));
        Assert.Equal("MS5264", error.Id);
        Assert.StartsWith("ranks 1, 2 of 3 did not come in 1 s; there is rank 0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nobody_at_the_masters_port_is_told_in_time()
    {
        RankSettings settings = new(1, 2, 1, 2, "127.0.0.1", FreePort()) { MeetingTime = TimeSpan.FromSeconds(1) };
        Assert.Equal("MS5261", Assert.Throws<TorchException>(() => RankSession.Meet(settings, TimeProvider.System)).Id);
    }

    [Fact]
    public void Another_programs_port_is_told_in_time()
    {
        using TcpListener other = new(IPAddress.Loopback, 0);
        other.Start();
        _ = Task.Run(() => { while (true) other.AcceptSocket().Dispose(); }, TestContext.Current.CancellationToken);
        RankSettings settings = new(1, 2, 1, 2, "127.0.0.1", ((IPEndPoint)other.LocalEndpoint).Port)
        {
            MeetingTime = TimeSpan.FromSeconds(1),
        };
        TorchException error = Assert.Throws<TorchException>(() => RankSession.Meet(settings, TimeProvider.System));
        Assert.StartsWith("what listens there ", error.Message, StringComparison.Ordinal);
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Directory.Delete(_root, recursive: true);
    }

    private static Recipe Elastic()
    {
        Recipe recipe = TinyRecipes.For("moco");
        return recipe with
        {
            Encoder = recipe.Encoder with { BatchNormSplits = 4 },
            Method = Tiny.MoCoOptions,
            Training = recipe.Training with { BatchSize = 16, Epochs = 4, Precision = Precision.Fp32 },
            LearningRate = new CosineRate(0.01),
            Monitor = recipe.Monitor with { EveryEpochs = 4 },
        };
    }

    private static double[] Losses(RunFolder folder) => [.. LossLog.Read(folder.Losses).Select(static update => update.Loss)];

    private TrainingResult? OneRank(string folder, Recipe recipe, int ranks, int? steps)
    {
        (TrainingResult? result, Exception[] errors) = Run(folder, _ => recipe, ranks, steps);
        Assert.Empty(errors);
        return result;
    }

    private (TrainingResult? First, Exception[] Errors) Run(string folder, Func<int, Recipe> recipes, int ranks, int? steps)
    {
        TrainingResult?[] results = new TrainingResult?[ranks];
        Exception[] errors = Sessions(ranks, (rank, session) => results[rank] = Train(folder, recipes(rank), session, steps));
        return (results[0], errors);
    }

    private static Exception[] Sessions(int ranks, Action<int, RankSession> work)
    {
        int port = FreePort();
        List<Exception> errors = [];
        Thread[] threads = [.. Enumerable.Range(0, ranks).Select(rank => new Thread(() =>
        {
            try
            {
                RankSettings? settings = ranks == 1 ? null : new(rank, ranks, rank, ranks, "127.0.0.1", port)
                {
                    Patience = TimeSpan.FromSeconds(60),
                    NetworkInterface = "lo",
                };
                _ = RankSession.Around(settings, null, null, (session, _) =>
                {
                    work(rank, session!);
                    return 0;
                });
            }
#pragma warning disable CA1031 // the test looks at them
            catch (Exception error)
#pragma warning restore CA1031
            {
                lock (errors) errors.Add(error);
            }
        }))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        return [.. errors];
    }

    private TrainingResult Train(string folder, Recipe recipe, RankSession? session, int? steps)
    {
        string path = Path.Combine(_root, folder);
        bool goesOn = Directory.Exists(path) && new RunFolder(path).Steps().Count > 0;
        using TrainingData data = new(new TinySource(Pictures, bad: _bad), new TinySource(10, seed: 2), ["tiny"]);
        using TrainingRun run = goesOn ? TrainingRun.Resume(new RecipeFile(recipe, ""), data, path, session: session)
            : TrainingRun.Start(new RecipeFile(recipe, ""), data, path, null, null, null, null, session);
        return run.Train(steps is null ? Watch.Epochs(null) : Watch.Steps(steps));
    }

    private static int FreePort()
    {
        using TcpListener free = new(IPAddress.Loopback, 0);
        free.Start();
        return ((IPEndPoint)free.LocalEndpoint).Port;
    }
}
