using System.Diagnostics;
using MocoSharp.Features;
using MocoSharp.Methods;
using MocoSharp.Recipes;
using MocoSharp.Runs;
using MocoSharp.Torch;
using MocoSharp.Torch.Optim;

namespace MocoSharp.Training;

/// <summary>Trains one method by one recipe on one set of pictures, into one folder, so that it can be stopped and resumed at any
/// update.</summary>
/// <remarks>Stopping and resuming gives the same bits as never stopping, on the same machine with the same number of threads.</remarks>
public sealed partial class TrainingRun : IDisposable
{
    private readonly Recipe _recipe;
    private readonly RunFolder _folder;
    private readonly TrainingData _data;
    private readonly IProgress<RunProgress>? _progress;
    private readonly TimeProvider _time;
    private readonly IDisposable? _lock;
    private readonly Method _method;
    private readonly Optimizer _optimizer;
    private readonly EpochLoaders _loaders;
    private readonly BatchReader _reader;
    private readonly OnlineProbe? _probe;
    private readonly EpochTests _tests;
    private readonly CheckpointStore _store;
    private readonly MetricsLog? _metrics;               // of rank 0
    private readonly LossLog _losses;
    private readonly TrainingMeter _meter;
    private readonly StepWatch _watch;
    private readonly Compute _compute;
    private readonly string _recipeText;
    private readonly HashSet<int> _reportedBad = [];
    private Action? _keep;              // writes down how the run goes on; not before it has
    private RunEnvironment _environment;
    private readonly TrainingPosition _position;
    private double _rate;
    // made in more, or fewer, than the epochs' steps of now: with other pictures or another batch
    private readonly long _stepsElsewhere;
    private bool _hasUpdated;
    private double _lossOfUpdate, _lossOfLastUpdate;
    private StopAfter _stop;
    private readonly RankSession? _session;
    private readonly TrainingTelemetry _telemetry;
    private bool _someoneStops;
    private TimeSpan _waitedForPictures, _waitedForOthers;
    private long _bytesBefore;

    private TrainingRun(RecipeFile file, RunFolder folder, IDisposable? held, TrainingData data, IProgress<RunProgress>? progress,
        TimeProvider time, InitialEncoder? from, GoingOn? goingOn, RankSession? session)
    {
        Recipe recipe = file.Recipe;
        (_recipe, _folder, _data, _progress, _time, _lock, _session) = (recipe, folder, data, progress, time, held, session);
        try
        {
            _ = recipe.Checked();
            _compute = Compute.Of(recipe.Training);
            RankChecks.Require(recipe, Peers.Count, data.Train.Count);
            TrainingChecks.RequireBatch(recipe, data);
            TrainingChecks.RequireRate(recipe);
            if (goingOn is not null) TrainingChecks.RequireCheckpoints(folder, recipe);
            _recipeText = goingOn?.RecipeText ?? (Writes ? File.ReadAllText(folder.Recipe) : file.Text);
            RunEnvironment now = RunEnvironment.Of(recipe, data, _compute) with
            {
                Start = from is null ? null : BeginningEncoder.Of(from),
                Ranks = Peers.Count == 1 ? null : Peers.Count,
            };
            RunWorld world = goingOn is not null ? RunWorld.GoOn(folder, now, recipe, data, goingOn.MayDiffer, Said)
                : Writes ? RunWorld.Begin(folder, now, data) : new RunWorld(now, []);
            _environment = world.Environment;
            Runtime.Seed(recipe.Training.Seed);
            _method = MethodRegistry.Create(
                new MethodParts(RankChecks.EncoderOf(recipe, Peers), data.Train.Count, recipe.JointBatch) { Folder = folder.Root },
                recipe.Method);
            _method.MoveTo(_compute.Device);
            _optimizer = recipe.Optimizer.Create(_method.Parameters(), _method.KeepsRate);
            _loaders = new EpochLoaders(data.Train, recipe, Peers);
            TrainingChecks.RequireViews(recipe, _method);
            TrainingChecks.RequireLabels(recipe, _method, data);
            TrainingChecks.RequireMemory(recipe, _loaders);
            _reader = new BatchReader(_compute, recipe.Training.Seed, Peers);
            _probe = OnlineProbe.Open(recipe, data, _method, _reader, _compute);
            _tests = new EpochTests(recipe, data, _method, new BatchReader(_compute, recipe.Training.Seed), _compute, _probe,
                session?.Work ?? SharedWork.Alone, progress);
            _store = new CheckpointStore(folder);
            _meter = new TrainingMeter(time);
            _telemetry = new TrainingTelemetry(Path.GetFileName(folder.Root), Peers.Rank);
            _watch = new StepWatch(time, progress.Warn);
            CheckpointState? newest = Newest(goingOn, world);
            _position = newest is null ? new TrainingPosition() : TrainingPosition.Of(newest);
            _stepsElsewhere = _position.Step
                - ((long)_position.Epoch * StepsPerEpoch + _position.BatchInEpoch / recipe.Training.Accumulate);
            _losses = new LossLog(folder.Losses);
            MeetOthers();
            if (!Writes) return;
            _metrics = new MetricsLog(folder.Metrics, newest?.MetricsBytes ?? 0);
            _losses.CutBack(_position.Step);
            if (_metrics.Note is { } note) progress.Warn(note);
            _keep = goingOn is null ? null : () => world.Keep(folder, goingOn.RecipeText, data);
        }
        catch
        {
            _watch?.Dispose();
            _probe?.Dispose();
            _optimizer?.Dispose();
            _method?.Dispose();
            _lock?.Dispose();
            throw;
        }
    }

    /// <summary>The run's folder.</summary>
    public RunFolder Folder => _folder;

    /// <summary>What is learned.</summary>
    public Method Method => _method;

    private bool IsPastMaximum => _position.Step >= _stop.StepCount;
    private int StepsPerEpoch => Math.Max(1, _loaders.BatchesPerEpoch / _recipe.Training.Accumulate);
    private TrainingClock Clock => new(_position.Epoch, _position.Step - _stepsElsewhere, StepsPerEpoch, _recipe.Training.Epochs);

    private TrainingResult Train(CancellationToken cancel)
    {
        int last = Math.Min(_stop.EpochCount ?? _recipe.Training.Epochs, _recipe.Training.Epochs);
        _progress?.Report(Plan(last));
        // a kill right behind the last checkpoint left an older one
        if (_position.Epoch >= last && _position.Step > 0 && Writes && !EncoderFile.Holds(_folder.Encoder, _method.Encoder)) WriteEncoder();
        foreach (string concern in TrainingChecks.Warnings(_recipe, _data, _method, _compute)) _progress.Warn(concern);
        if (_position.Step == 0 && _method.WantsPriming)
        {
            _progress.Doing("filling the queue with real keys");
            Priming.Fill(_method, _reader, _loaders, cancel);
        }
        while (_position.Epoch < last && !IsPastMaximum)
        {
            if (RunEpoch(last, cancel) && EndEpoch(last, cancel)) continue;
            Save();
            return Result(finished: IsPastMaximum);
        }
        KeepChanges();
        if (_position.Epoch < last) Save();        // the bound on steps fell on an epoch's end
        return Result(finished: true);
    }

    /// <summary>Closes the run; its folder stays.</summary>
    public void Dispose()
    {
        _metrics?.Dispose();
        _watch.Dispose();
        _probe?.Dispose();
        _optimizer.Dispose();
        _method.Dispose();
        _lock?.Dispose();
    }

    /// <summary>Takes up what was learned before; null for a run that begins, or begins anew.</summary>
    private CheckpointState? Newest(GoingOn? goingOn, RunWorld world)
    {
        if (goingOn is not null && _store.Newest(_progress.Warn, _environment) is { } newest)
        {
            _store.Load(newest, _method, _optimizer, _probe, world.Places);
            return goingOn.From(newest, world, _recipe, StepsPerEpoch, _progress.Warn);
        }
        if (_environment.Start is { } start) BeginningEncoder.Load(start, _method, _progress.Warn);
        return null;
    }

    /// <summary>Runs the rest of the current epoch; false when it was canceled.</summary>
    private bool RunEpoch(int last, CancellationToken cancel)
    {
        int accumulate = _recipe.Training.Accumulate, done = _position.BatchInEpoch, batches = StepsPerEpoch * accumulate;
        using Activity? span = _telemetry.Span("epoch");
        _meter.Begin(_loaders.Waited);
        double elapsedBefore = _position.ElapsedSeconds;
        if (_session is null && cancel.IsCancellationRequested) return false;
        if (done == batches)            // stopped in the test at the epoch's end
        {
            _rate = _recipe.LearningRate.At(Clock with { Step = Clock.Step - 1 });
            return true;
        }
        foreach (ComingBatch coming in _reader.Coming(_loaders.Epoch(_position.Epoch, sizeOf: _position.Epoch, done,
            CancellationToken.None)))
        {
            double loss;
            _watch.Begin();
            using (coming) loss = MicroBatch(coming, accumulate, isLast: (done + 1) % accumulate == 0, cancel);
            _lossOfUpdate += loss / accumulate;
            _position.AddBatch(loss);
            _position.ElapsedSeconds = elapsedBefore + _meter.Seconds;
            done++;
            _meter.Add(coming.Count);
            if (done % accumulate == 0) Update();
            if (_probe is not null) _position.AddMeasures(_probe.Step());
            _watch.End();
            if (done % accumulate != 0) continue;
            Report(last);
            if (done == batches) return true;
            if (IsStopping(cancel) || IsPastMaximum) return false;
        }
        return true;
    }

    private double MicroBatch(ComingBatch coming, int accumulate, bool isLast, CancellationToken cancel)
    {
        using TensorScope scope = TensorScope.Begin();
        long address = (long)_position.Epoch * _loaders.BatchesPerEpoch + _position.BatchInEpoch;
        Batch batch = coming.Read(address);
        _method.Clock = Clock;
        StepResult step = _method.LeanStep(_probe?.Take(batch, address) ?? batch);
        (double loss, IReadOnlyDictionary<string, double>? means) = Agreed(step.Loss.ToDouble(), step.Measures, cancel);
        if (!double.IsFinite(loss)) throw TrainingChecks.LossIsNotFinite(loss, _position, _recipe.LearningRate.At(Clock), _folder);
        if (isLast) _optimizer.AwaitGradients();
        if (means is { } measures) _position.AddMeasures(measures);
        (accumulate == 1 ? step.Loss : step.Loss / accumulate).Backward();
        _method.AfterBackward(step);
        return loss;
    }

    private void Update()
    {
        _rate = _recipe.LearningRate.At(Clock);
        _optimizer.FinishGradients();
        if (_recipe.Training.ClipGradients is { } bound) _optimizer.ClipGradients(bound);
        _optimizer.Update(_rate, _recipe.LearningRate.Start);
        _position.AddUpdate();
        _session?.At(_position.Step);
        _losses.Add(_position.Step, _lossOfUpdate);
        (_lossOfLastUpdate, _lossOfUpdate) = (_lossOfUpdate, 0);
        _method.AfterUpdate(Clock);
        if (!_hasUpdated) Runtime.ReleaseCachedMemory();        // choosing kernels took more than the steps will need
        _hasUpdated = true;
    }

    /// <summary>Tests, writes the epoch's metrics and a checkpoint; false when the test was canceled, and a resume does it again.</summary>
    private bool EndEpoch(int last, CancellationToken cancel)
    {
        double wait = _meter.WaitFraction(_loaders.Waited), loss = _position.Loss ?? 0;
        IReadOnlyList<RankMetrics>? ranks = OfRanks();
        double rate = ranks?.Sum(static of => of.ImagesPerSecond) ?? _meter.Rate;
        Dictionary<string, double> measures = _position.Measures(_method.Measures());
        long testStart = _time.GetTimestamp();
        int epoch = _position.Epoch + 1;
        bool isLast = epoch == last;
        _method.Clock = Clock;
        if (Test(epoch, isLast, cancel) is not { } scores) return false;
        if (scores.Probe is { } accuracy) measures["val_p_acc"] = accuracy;
        if (scores.Knn is { } knn) _telemetry.Tested(knn);
        bool best = _position.EndEpoch(scores.Knn);
        _position.ElapsedSeconds += _meter.Since(testStart);
        EpochMetrics metrics = new(epoch, _position.Step, loss, _rate, scores.Knn, rate, wait, _position.ElapsedSeconds,
            BadCount(), _tests.Finite(measures, epoch), scores.Validation, ranks);
        _metrics?.Append(metrics);
        if (isLast || best && _recipe.Checkpoints.KeepBest || epoch % _recipe.Checkpoints.EveryEpochs == 0) Save();
        _progress?.Report(metrics);
        return true;
    }
}
