using System;
using System.Collections.Specialized;
using System.Linq;
using System.Reflection;
using CoreMLQuant.Running;

namespace CoreMLQuant.Runtime.Tests.Support;

/// <summary>Runs models as the runtime does, but answers the same to some samples: whatever is done to weights cannot be told from what comes out.</summary>
public class SureRuntime : DispatchProxy
{
    private Func<RunSample, bool> _isSure = _ => true;

    public static IModelRuntime Create(Func<RunSample, bool> isSure)
    {
        IModelRuntime runtime = Create<IModelRuntime, SureRuntime>();
        ((SureRuntime)runtime)._isSure = isSure;
        return runtime;
    }

    protected override object? Invoke(MethodInfo? method, object?[]? arguments)
    {
        object? result = method!.Invoke(Repository.Runtime, arguments);
        return result is IRunnableModel model ? SureModel.Of(model, _isSure) : result;
    }

    private class SureModel : DispatchProxy
    {
        private IRunnableModel _model = null!;
        private Func<RunSample, bool> _isSure = null!;

        public static IRunnableModel Of(IRunnableModel model, Func<RunSample, bool> isSure)
        {
            IRunnableModel sure = Create<IRunnableModel, SureModel>();
            (((SureModel)sure)._model, ((SureModel)sure)._isSure) = (model, isSure);
            return sure;
        }

        protected override object? Invoke(MethodInfo? method, object?[]? arguments)
        {
            object? result = method!.Invoke(_model, arguments);
            return result is ModelRun run && _isSure((RunSample)arguments![0]!) ? run with { Outputs = Answer(run.Outputs) } : result;
        }

        private static OrderedDictionary Answer(OrderedDictionary outputs)
        {
            var answer = new OrderedDictionary();
            foreach (string name in outputs.Keys.Cast<string>())
            {
                var output = (MultiArray)outputs[name]!;
                answer.Add(name, new MultiArray(Enumerable.Repeat(1f, output.Values.Length).ToArray(), output.Shape));
            }

            return answer;
        }
    }
}
