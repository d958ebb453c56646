// Whatever changes the draft stands in one line: each is for the version that the one
// before has made.

let last = Promise.resolve();
let standing = 0;

export const isBusy = () => standing > 0;

/** Do `act()` when all before it is done; return what it returns. */
export const inTurn = (act) => {
  const mine = last.then(act);
  const leave = () => {
    standing -= 1;
  };
  standing += 1;
  last = mine.then(leave, leave); // what went wrong is told to whoever asked for it
  return mine;
};
