using MocoSharp.Training;

namespace MocoSharp.Tests.Training;

public sealed class StepWatchTests
{
    private readonly SteppedTime _time = new();
    private readonly List<string> _said = [];

    [Fact]
    public void An_update_of_a_hundred_times_the_usual_time_is_told_of_once_with_what_is_at_work()
    {
        using StepWatch watch = new(_time, _said.Add, static () => "mocosharp::conv2d: weight n64 by library");
        for (int i = 0; i < 5; i++) Step(watch, seconds: 0.5);
        watch.Begin();
        _time.Pass(49);
        Assert.Empty(_said);
        _time.Pass(2);
        _time.Pass(500);
        Assert.Equal(
            "this update has taken 51 s, more than 100 times the usual 0.5 s; at work: mocosharp::conv2d: weight n64 by library. If it "
            + "does not end, stop the process (Ctrl+C twice); "
            + "the newest checkpoint is kept, and 'moco resume' goes on from it", Assert.Single(_said));
    }

    [Fact]
    public void Short_updates_may_take_ten_seconds_now_and_then()
    {
        using StepWatch watch = new(_time, _said.Add, static () => "");
        Step(watch, seconds: 0.001);
        watch.Begin();
        _time.Pass(9);
        Assert.Empty(_said);
        _time.Pass(1);
        Assert.Single(_said);
    }

    [Fact]
    public void The_first_update_which_chooses_kernels_may_take_ten_minutes()
    {
        using StepWatch watch = new(_time, _said.Add, static () => "");
        watch.Begin();
        _time.Pass(599);
        Assert.Empty(_said);
        _time.Pass(1);
        Assert.StartsWith("this update has taken 600 s; at work", Assert.Single(_said), StringComparison.Ordinal);
    }

    [Fact]
    public void Between_updates_nothing_is_said()
    {
        using StepWatch watch = new(_time, _said.Add, static () => "");
        Step(watch, seconds: 1);
        _time.Pass(5000);
        Assert.Empty(_said);
    }

    private void Step(StepWatch watch, double seconds)
    {
        watch.Begin();
        _time.Pass(seconds);
        watch.End();
    }

    /// <summary>A clock that stands still until it is told to pass; its timers fire after each passing.</summary>
    private sealed class SteppedTime : TimeProvider
    {
        private readonly List<Timer> _timers = [];
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Timer timer = new(callback, state);
            _timers.Add(timer);
            return timer;
        }

        internal void Pass(double seconds)
        {
            _ticks += TimeSpan.FromSeconds(seconds).Ticks;
            foreach (Timer timer in _timers) timer.Fire();
        }

        private sealed class Timer(TimerCallback callback, object? state) : ITimer
        {
            internal void Fire() => callback(state);

            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
