// What the words on the board mean, for whoever asks.

export interface Lesson {
  title: string;
  text: string;
  /** Where to read on; none for what is our own. */
  link?: string;
}

const OPTUNA = "https://optuna.readthedocs.io/en/stable/reference";
const sampler = (name: string): string =>
  `${OPTUNA}/samplers/generated/optuna.samplers.${name}Sampler.html`;
const pruner = (name: string): string => `${OPTUNA}/generated/optuna.pruners.${name}Pruner.html`;

/** By the name that a study's header shows, and by what a picture or a state is called. */
const LESSONS = new Map<string, Lesson>(
  Object.entries({
    TPE: {
      title: "What is TPE?",
      text: "The tree-structured Parzen estimator looks at which values the best trials had and which the rest had, and tries values that are likely among the best and unlikely among the rest. The first ten or so trials are random.",
      link: sampler("TPE"),
    },
    GP: {
      title: "What is GP?",
      text: "A Gaussian process draws a smooth surface through all results so far and tries where that surface promises the most, or is least sure. It learns from few trials, and gets slow with many: best for up to a few hundred trials that each take long.",
      link: sampler("GP"),
    },
    "random search": {
      title: "What is random search?",
      text: "Every trial draws its values at random from the space. It learns nothing from the trials before, which makes it a fair baseline.",
      link: sampler("Random"),
    },
    "grid search": {
      title: "What is grid search?",
      text: "Every combination is tried once. It is thorough, and only bearable where there are few combinations.",
      link: sampler("Grid"),
    },
    "quasi-random search": {
      title: "What is quasi-random search?",
      text: "Trials are spread over the space more evenly than chance would: no two are close, no corner is left out. Like random search it learns nothing from the trials before.",
      link: sampler("QMC"),
    },
    "CMA-ES": {
      title: "What is CMA-ES?",
      text: "An evolution strategy: each generation of trials is drawn around the best of the last one, in the directions that paid off. Good for many numeric values and a thousand trials or more; choices are drawn at random.",
      link: sampler("CmaEs"),
    },
    "NSGA-II": {
      title: "What is NSGA-II?",
      text: "A genetic algorithm for several objectives: good trials are crossed and mutated, and those that no other trial beats in every objective are kept.",
      link: sampler("NSGAII"),
    },
    "entropy search": {
      title: "What is entropy search?",
      text: "Each trial is chosen to tell the most about where the best values lie, by what it would do to the uncertainty of a Gaussian process.",
    },
    ASHA: {
      title: "What is ASHA?",
      text: "Trials are compared at a few steps, the rungs. Of those that reached a rung only the best third or so go on; the others wait there, and are pruned when it is clear that better ones come. Most of the time goes to promising trials.",
      link: pruner("SuccessiveHalving"),
    },
    Hyperband: {
      title: "What is Hyperband?",
      text: "Several races of successive halving side by side, some that prune early and some that prune late: safer where early reports say little about the end.",
      link: pruner("Hyperband"),
    },
    median: {
      title: "What is the median pruner?",
      text: "A trial is pruned when its best value so far is worse than the median, over the complete trials, of what they had on average up to the same step. It begins when five are complete.",
      link: pruner("Median"),
    },
    "successive halving": {
      title: "What is successive halving?",
      text: "Trials are compared in cohorts. At each of a few steps, the rungs, a trial waits until it is certain whether it is among the best third of its cohort; those go on, the others are pruned.",
      link: pruner("SuccessiveHalving"),
    },
    patience: {
      title: "What is patience?",
      text: "A trial is pruned when its own reports have not improved for a number of steps. It is compared with no other trial.",
      link: pruner("Patient"),
    },
    threshold: {
      title: "What is the threshold?",
      text: "A trial is pruned as soon as it reports a value worse than the one that was given.",
      link: pruner("Threshold"),
    },
    PBT: {
      title: "What is population based training?",
      text: "A population of trials trains side by side. Now and then the worst are replaced by copies of the best, which go on from the same state of training with some values changed. What it finds is a course of values over the training, not one setting.",
      link: "https://arxiv.org/abs/1711.09846",
    },
    "no pruner": {
      title: "Nothing is pruned",
      text: "Every trial runs to its end. With --pruner asha hopeless ones are stopped early, if the cell reports as it goes.",
      link: pruner("Nop"),
    },
    pruned: {
      title: "Why was this pruned?",
      text: "At one of the steps where trials are compared it was behind the others, and so it was stopped early to leave its time to better ones. Its value is the last it reported. It is not a failure: the search learns from it.",
      link: `${OPTUNA}/pruners.html`,
    },
    rung: {
      title: "What is a rung?",
      text: "A step at which trials are compared. Of those that got there only the best go on; the others wait, and are pruned when it is clear that better ones come.",
      link: pruner("SuccessiveHalving"),
    },
    importance: {
      title: "What is importance?",
      text: "How much of the difference between the trials' results each value explains, as a share of all. Small studies give rough figures.",
      link: `${OPTUNA}/importance.html`,
    },
    front: {
      title: "What is the Pareto front?",
      text: "With several objectives no single trial is the best. On the front are those that no other trial beats in one objective without losing in another.",
      link: `${OPTUNA}/visualization/index.html`,
    },
  }),
);

export const lesson = (word: string): Lesson | null => LESSONS.get(word) ?? null;
